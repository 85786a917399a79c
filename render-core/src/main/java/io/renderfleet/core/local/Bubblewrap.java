package io.renderfleet.core.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes command lines of bubblewrap (bwrap(1)), which shuts a program in by namespaces of Linux and needs no rights for that. Immutable.
 *
 * @param program bwrap itself
 * @param prlimit the program that sets limits, of util-linux
 * @param isolation the arguments that do not depend on the program
 */
record Bubblewrap(Path program, Path prlimit, List<String> isolation) {
    private static final int PROBE_SECONDS = 20;
    private static final int LONGEST_REASON = 300;

    private static final List<String> ISOLATION = List.of(
            "--unshare-user",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-ipc",
            "--unshare-uts",
            "--unshare-cgroup-try",
            "--hostname",
            "sandbox",
            "--new-session",
            "--die-with-parent",
            "--cap-drop",
            "ALL");

    /** From 0.8 on: no sandbox of its own for what is inside, and so less of the kernel within its reach. */
    private static final String NO_NAMESPACES = "--disable-userns";

    /** The system, as far as programs need it: nobody's secrets lie there. */
    private static final List<String> SYSTEM = List.of(
            "/usr",
            "/bin",
            "/sbin",
            "/lib",
            "/lib32",
            "/lib64",
            "/libx32",
            "/nix/store",
            "/gnu/store",
            "/run/opengl-driver",
            "/var/cache/fontconfig",
            "/sys/devices/system/cpu");

    private static final List<String> SETTINGS = List.of(
            "OpenCL",
            "alternatives",
            "drirc",
            "egl",
            "fonts",
            "glvnd",
            "ld.so.cache",
            "ld.so.conf",
            "ld.so.conf.d",
            "locale.alias",
            "localtime",
            "magic",
            "mime.types",
            "nvidia",
            "vulkan");

    private static final List<String> SETTINGS_THAT_BEGIN = List.of("java-", "ImageMagick-");
    private static final List<String> DRIVERS_THAT_BEGIN = List.of("rocm", "amdgpu", "intel", "nvidia", "cuda");
    private static final List<String> DEVICES_THAT_BEGIN = List.of("dri", "nvidia", "kfd", "dxg");

    /**
     * What came of trying it.
     *
     * @param found bubblewrap, where it works
     * @param reason why it does, or does not
     */
    record Probe(Optional<Bubblewrap> found, String reason) {
        private static Probe failed(String reason) {
            return new Probe(Optional.empty(), reason);
        }
    }

    /** Starts a program in a sandbox, to see whether that works on this machine. */
    static Probe probe() {
        String system = System.getProperty("os.name", "");
        if (!system.equals("Linux")) {
            return Probe.failed("Only Linux has what it needs; this is " + system + ".");
        }
        Optional<Path> bwrap = Programs.find("bwrap");
        Optional<Path> prlimit = Programs.find("prlimit");
        if (bwrap.isEmpty() || prlimit.isEmpty()) {
            return Probe.failed((bwrap.isEmpty() ? "bubblewrap (bwrap)" : "util-linux (prlimit)")
                    + " is not installed on this machine.");
        }
        List<String> strict =
                Stream.concat(ISOLATION.stream(), Stream.of(NO_NAMESPACES)).toList();
        Bubblewrap newest = new Bubblewrap(bwrap.get(), prlimit.get(), strict);
        if (newest.problem() == null) {
            return new Probe(Optional.of(newest), "Programs run inside bubblewrap.");
        }
        Bubblewrap older = new Bubblewrap(bwrap.get(), prlimit.get(), ISOLATION);
        String problem = older.problem();
        return problem == null
                ? new Probe(Optional.of(older), "Programs run inside bubblewrap.")
                : Probe.failed("bubblewrap does not work on this machine: " + problem);
    }

    private @Nullable String problem() {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("renderfleet-probe-");
            SandboxView view = new SandboxView(List.of(), List.of(folder), folder);
            List<String> command = command(List.of("true"), view, List.of(), SandboxLimits.DEFAULT, Map.of());
            Process process = Spawner.start(new ProcessBuilder(command).redirectErrorStream(true));
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "it gave no answer for " + PROBE_SECONDS + " s.";
            }
            String said = new String(process.getInputStream().readNBytes(LONGEST_REASON), StandardCharsets.UTF_8);
            return process.exitValue() == 0
                    ? null
                    : "exit code " + process.exitValue() + ", " + said.strip().replaceAll("[\\p{Cntrl}\\s]+", " ")
                            + ".";
        } catch (IOException e) {
            return e.getMessage() + ".";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted.";
        } finally {
            if (folder != null) {
                FileTree.remove(folder);
            }
        }
    }

    /** Puts the sandbox before a command. */
    List<String> command(
            List<String> command,
            SandboxView view,
            List<Path> hidden,
            SandboxLimits limits,
            Map<String, String> environment)
            throws IOException {
        Path executable = executable(command.get(0));
        Mounts mounts = new Mounts();
        system(mounts);
        readFolderOf(executable, mounts);
        namedBy(environment, mounts);
        view.readable().forEach(mounts::read);
        hidden.forEach(mounts::hide);
        mounts.write(view.temporary(), Path.of("/tmp"));
        mounts.write(view.temporary(), Path.of("/dev/shm"));
        view.writable().forEach(mounts::write);

        List<String> whole = new ArrayList<>();
        whole.add(program.toString());
        whole.addAll(isolation);
        whole.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        whole.addAll(mounts.arguments());
        // What is left of both is memory that no limit counts.
        whole.addAll(List.of("--remount-ro", "/dev", "--remount-ro", "/"));
        if (!view.writable().isEmpty()) {
            whole.addAll(List.of("--chdir", view.writable().get(0).toRealPath().toString()));
        }
        whole.addAll(List.of("--", prlimit.toString(), "--core=0"));
        whole.add("--data=" + limits.memoryBytes());
        whole.add("--nproc=" + limits.processes());
        whole.add("--fsize=" + limits.fileBytes());
        whole.addAll(List.of("--", executable.toString()));
        whole.addAll(command.subList(1, command.size()));
        return whole;
    }

    /** Bubblewrap would tell what cannot be executed by a code that programs use too. */
    private static Path executable(String program) throws IOException {
        Path found = Programs.find(program)
                .orElseThrow(() ->
                        new IOException("Cannot run program \"" + program + "\": error=2, No such file or directory"));
        if (!Files.isExecutable(found)) {
            throw new IOException("Cannot run program \"" + program + "\": error=13, Permission denied");
        }
        return found;
    }

    private static void system(Mounts mounts) throws IOException {
        SYSTEM.forEach(path -> mounts.read(Path.of(path)));
        SETTINGS.forEach(name -> mounts.read(Path.of("/etc", name)));
        those(Path.of("/etc"), SETTINGS_THAT_BEGIN).forEach(mounts::read);
        those(Path.of("/opt"), DRIVERS_THAT_BEGIN).forEach(mounts::read);
        List<Path> devices = those(Path.of("/dev"), DEVICES_THAT_BEGIN);
        devices.forEach(mounts::device);
        if (!devices.isEmpty()) {
            // Drivers of graphics cards look there for what the card is.
            mounts.read(Path.of("/sys"));
        }
    }

    private static List<Path> those(Path folder, List<String> beginnings) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                    folder, entry -> beginnings.stream().anyMatch(String.valueOf(entry.getFileName())::startsWith))) {
                entries.forEach(found::add);
            }
        }
        return found;
    }

    /** A program brings its libraries along, beside itself; but a home is no folder of a program. */
    private static void readFolderOf(Path executable, Mounts mounts) throws IOException {
        Path real = executable.toRealPath();
        Path folder = real.getParent();
        Path home = Path.of(System.getProperty("user.home", "/"));
        boolean isHome = folder == null || folder.getNameCount() == 0 || home.startsWith(folder);
        mounts.read(folder == null || isHome ? real : folder).read(executable);
    }

    private static void namedBy(Map<String, String> environment, Mounts mounts) {
        environment.forEach((name, value) -> {
            if (name.equals("OCIO")) {
                Path folder = absolute(value).getParent();
                mounts.read(folder == null ? absolute(value) : folder);
            } else if (name.startsWith("BLENDER_SYSTEM_") || name.equals("LD_LIBRARY_PATH")) {
                Stream.of(value.split(":", -1))
                        .filter(each -> each.startsWith("/") && each.length() > 1)
                        .forEach(each -> mounts.read(Path.of(each)));
            } else if (name.equals("XAUTHORITY")) {
                mounts.read(absolute(value));
            } else if (name.equals("DISPLAY")) {
                display(value).ifPresent(mounts::device);
            }
        });
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    /** The socket of a display on this machine, such as {@code :0.0}. */
    private static Optional<Path> display(String name) {
        return name.matches("(unix)?:\\d{1,5}(\\.\\d+)?")
                ? Optional.of(Path.of("/tmp/.X11-unix/X" + name.replaceAll("^(unix)?:|\\..*$", "")))
                : Optional.empty();
    }
}
