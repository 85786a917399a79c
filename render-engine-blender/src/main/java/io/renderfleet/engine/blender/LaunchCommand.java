package io.renderfleet.engine.blender;

import io.renderfleet.core.local.SandboxView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How Blender is started: arguments, environment, folder.
 *
 * <p>Blender takes its arguments in order and acts on each at once: what is to hold for a script must stand before it, and anything
 * after is ignored without a word. The scene is not among them: the driver script opens it, because only then an error is an
 * exception and not a line of text.
 *
 * @param arguments program first
 * @param environment all of it; nothing else is inherited
 * @param directory where it runs
 */
record LaunchCommand(List<String> arguments, Map<String, String> environment, Path directory) {

    /** The exit code when a script fails in a way that the driver itself does not catch. */
    static final int SCRIPT_EXIT = 70;

    /** What a program needs of its surroundings; tokens, passwords and Python's own variables are not among it. */
    private static final Set<String> INHERITED = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "LANG",
            "LANGUAGE",
            "TZ",
            "SHELL",
            "LD_LIBRARY_PATH",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "XAUTHORITY",
            "XDG_RUNTIME_DIR",
            "OCIO",
            "SYSTEMROOT",
            "WINDIR",
            "COMSPEC",
            "PATHEXT",
            "USERPROFILE",
            "APPDATA",
            "LOCALAPPDATA",
            "PROGRAMDATA",
            "NUMBER_OF_PROCESSORS");

    private static final List<String> INHERITED_PREFIXES = List.of(
            "LC_",
            "CUDA_",
            "NVIDIA_",
            "HIP_",
            "ROCR_",
            "ROCM_",
            "HSA_",
            "AMD_",
            "ONEAPI_",
            "SYCL_",
            "ZE_",
            "LIBGL_",
            "MESA_",
            "EGL_",
            "__EGL_",
            "__GLX_",
            "VK_",
            "CYCLES_",
            "BLENDER_SYSTEM_");

    /** Copies the collections. */
    LaunchCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /**
     * Makes the command of a driver session.
     *
     * @param config how this node runs Blender
     * @param folder the session's own, with the driver script in it
     * @param marker what lines of the driver begin with
     * @param threads how many, 0 for all cores
     * @param surroundings the environment to choose from
     * @throws IOException if there is no such program to be put into the sandbox
     */
    static LaunchCommand of(
            BlenderConfig config,
            SessionFolder folder,
            SandboxView view,
            String marker,
            int threads,
            Map<String, String> surroundings)
            throws IOException {
        List<String> arguments = new ArrayList<>(config.program());
        arguments.addAll(List.of("--background", "-noaudio", "--factory-startup"));
        arguments.add(config.trustScripts() ? "--enable-autoexec" : "--disable-autoexec");
        if (threads > 0) {
            arguments.addAll(List.of("--threads", Integer.toString(threads)));
        }
        arguments.addAll(List.of("--python-exit-code", Integer.toString(SCRIPT_EXIT)));
        arguments.addAll(List.of("--python", folder.script().toString()));
        arguments.addAll(List.of("--", marker, folder.root().toString()));
        Map<String, String> environment =
                config.sandbox().environment(environment(folder, config.environment(), surroundings));
        List<String> command = new ArrayList<>();
        if (config.niceness() > 0) {
            command.addAll(List.of("nice", "-n", Integer.toString(config.niceness())));
        }
        command.addAll(config.sandbox().command(arguments, view, environment));
        return new LaunchCommand(command, environment, folder.root());
    }

    private static Map<String, String> environment(
            SessionFolder folder, Map<String, String> added, Map<String, String> surroundings) {
        Map<String, String> environment = new LinkedHashMap<>();
        surroundings.forEach((name, value) -> {
            if (INHERITED.contains(name) || INHERITED_PREFIXES.stream().anyMatch(name::startsWith)) {
                environment.put(name, value);
            }
        });
        for (String name : List.of("TMPDIR", "TMP", "TEMP")) {
            environment.put(name, folder.temporary().toString());
        }
        environment.put("XDG_CONFIG_HOME", folder.configuration().toString());
        for (String what : List.of("RESOURCES", "CONFIG", "SCRIPTS", "DATAFILES", "EXTENSIONS")) {
            environment.put(
                    "BLENDER_USER_" + what,
                    folder.configuration()
                            .resolve(what.toLowerCase(java.util.Locale.ROOT))
                            .toString());
        }
        // By default, threads that wait for each other in a simulation keep their cores busy: where Blender does not
        // have
        // all cores to itself, each step then takes 20 times as long.
        environment.put("OMP_WAIT_POLICY", "PASSIVE");
        environment.putAll(added);
        return environment;
    }
}
