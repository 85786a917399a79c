package io.renderfleet.engine.blender;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names failures: from a word of the driver, from Blender's own words, or from how its process ended.
 *
 * <p>A message says what happened and what to do about it.
 */
final class Diagnosis {
    private static final int SIGNAL_BASE = 128;
    private static final int SIGFPE = 8;
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final int SIGXFSZ = 25;

    private static final Map<String, FailureKind> DRIVER_WORDS = Map.ofEntries(
            Map.entry("scene-missing", FailureKind.SCENE_NOT_HERE),
            Map.entry("scene-unreadable", FailureKind.SCENE_UNREADABLE),
            Map.entry("scene-too-new", FailureKind.SCENE_TOO_NEW),
            Map.entry("scene-name", FailureKind.NO_SUCH_SCENE),
            Map.entry("view-layer", FailureKind.NO_SUCH_VIEW_LAYER),
            Map.entry("camera", FailureKind.NO_CAMERA),
            Map.entry("engine", FailureKind.ENGINE_UNAVAILABLE),
            Map.entry("format", FailureKind.UNSUPPORTED_FORMAT),
            Map.entry("setting", FailureKind.UNSUPPORTED_SETTING),
            Map.entry("frame", FailureKind.UNSUPPORTED_SETTING),
            Map.entry("gpu", FailureKind.DEVICE_UNAVAILABLE),
            Map.entry("denoiser", FailureKind.DENOISER_UNAVAILABLE),
            Map.entry("color", FailureKind.COLOR_UNAVAILABLE),
            Map.entry("missing-texture", FailureKind.MISSING_FILES),
            Map.entry("missing-library", FailureKind.MISSING_FILES),
            Map.entry("missing-font", FailureKind.MISSING_FILES),
            Map.entry("missing-cache", FailureKind.MISSING_FILES),
            Map.entry("missing-file", FailureKind.MISSING_FILES),
            Map.entry("simulation", FailureKind.SIMULATION_NOT_BAKED),
            Map.entry("scripts-blocked", FailureKind.SCRIPTS_BLOCKED),
            Map.entry("script", FailureKind.SCRIPT_ERROR),
            Map.entry("frame-missing", FailureKind.FRAME_MISSING),
            Map.entry("cancelled", FailureKind.FRAME_MISSING),
            Map.entry("frame-empty", FailureKind.FRAME_EMPTY),
            Map.entry("frame-damaged", FailureKind.FRAME_DAMAGED),
            Map.entry("disk-full", FailureKind.DISK_FULL),
            Map.entry("output-unwritable", FailureKind.OUTPUT_NOT_WRITABLE),
            Map.entry("driver", FailureKind.INTERNAL_ERROR));

    /** Blender's words, most telling first. */
    private static final List<Map.Entry<Pattern, FailureKind>> BLENDER_WORDS = List.of(
            words(
                    "out of (gpu|device|video) memory|system is out of gpu|cuda_error_out_of_memory|hiperroroutofmemory"
                            + "|out of memory in cu|memory allocation failure.*(cuda|optix|hip)",
                    FailureKind.GPU_OUT_OF_MEMORY),
            words(
                    "[mc]alloc returns null|bad_alloc|memoryerror|out of memory|cannot allocate memory",
                    FailureKind.OUT_OF_MEMORY),
            words("no camera", FailureKind.NO_CAMERA),
            words("engine not found|engine '.*' (not|is not)", FailureKind.ENGINE_UNAVAILABLE),
            words("without openimagedenoise|no device available to denoise", FailureKind.DENOISER_UNAVAILABLE),
            words("no space left on device|disk quota exceeded|file too large", FailureKind.DISK_FULL),
            words(
                    "cannot save|cannot open file for writing|permission denied|read-only file system|not a directory",
                    FailureKind.OUTPUT_NOT_WRITABLE),
            words("written by newer blender|saved by a newer version", FailureKind.SCENE_TOO_NEW),
            words(
                    "cannot read file|failed to read blend file|not a blend file|file format is not supported|missing dna block",
                    FailureKind.SCENE_UNREADABLE),
            words(
                    "falling back to cpu|\\b(cuda|optix|hip|oneapi|metal)\\b[^|]*(error|failed|not available|no device)",
                    FailureKind.DEVICE_UNAVAILABLE),
            words("error in (py)?driver|traceback \\(most recent|python:|script failed", FailureKind.SCRIPT_ERROR));

    private Diagnosis() {}

    /** The failure that the driver's error event names. */
    static Failure ofError(DriverEvent error, LogTail log) {
        String word = error.text("kind");
        String said = log.shown(error.text("message"));
        FailureKind kind = word.equals("blender") ? ofWords(said) : DRIVER_WORDS.get(word);
        if (kind == null) {
            kind = FailureKind.PROGRAM_FAILED;
        }
        return failure(kind, error.frame(), sentence(said), log);
    }

    /** The kind of failure that Blender's own words name, or null. */
    static @Nullable FailureKind ofWords(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (Map.Entry<Pattern, FailureKind> rule : BLENDER_WORDS) {
            if (rule.getKey().matcher(lower).find()) {
                return rule.getValue();
            }
        }
        return null;
    }

    /**
     * The failure that the end of the process shows.
     *
     * @param code the exit code; above 128 it names the signal
     * @param frame which frame was being rendered, or null before the first one
     * @param log what it said last
     * @param systemKilled whether the system has killed a process for want of memory meanwhile
     */
    static Failure ofExit(int code, @Nullable Integer frame, LogTail log, boolean systemKilled) {
        String when = frame == null ? "while it loaded the scene" : "while it rendered frame " + frame;
        FailureKind said = ofLog(log);
        if (said == FailureKind.OUT_OF_MEMORY || said == FailureKind.GPU_OUT_OF_MEMORY) {
            return failure(said, frame, "Blender ran out of memory and ended " + when + ".", log);
        }
        int signal = code - SIGNAL_BASE;
        if (signal == SIGKILL) {
            return systemKilled
                    ? failure(
                            FailureKind.OUT_OF_MEMORY,
                            frame,
                            "Blender was killed by the system for want of memory " + when + ".",
                            log)
                    : failure(FailureKind.KILLED, frame, "Somebody killed Blender " + when + ".", log);
        }
        if (signal == SIGTERM || signal == 1 || signal == 2) {
            return failure(FailureKind.KILLED, frame, "Somebody ended Blender " + when + ".", log);
        }
        if (signal == SIGXFSZ) {
            return failure(FailureKind.DISK_FULL, frame, "Blender met the limit for file sizes " + when + ".", log);
        }
        if (signal >= 4 && signal <= 11) {
            if (frame == null && (said == FailureKind.SCENE_TOO_NEW)) {
                return failure(said, null, "Blender crashed on a scene that a newer version saved.", log);
            }
            String name = signal == SIGFPE ? "a wrong calculation" : "signal " + signal;
            return failure(FailureKind.CRASHED, frame, "Blender crashed " + when + " (" + name + ").", log);
        }
        if (code == 0 && frame != null) {
            return failure(
                    FailureKind.FRAME_MISSING,
                    frame,
                    "Blender ended without an error and without frame " + frame + ".",
                    log);
        }
        return failure(
                said == null ? FailureKind.PROGRAM_FAILED : said,
                frame,
                "Blender ended with exit code " + code + " " + when + ".",
                log);
    }

    /** The failure of a program that ended before the driver spoke, or could not be started at all. */
    static Failure ofStart(int code, LogTail log) {
        for (String line : log.lines()) {
            Matcher library = Pattern.compile(
                            "error while loading shared libraries: ([^:]+):|Library not loaded: (\\S+)")
                    .matcher(line);
            if (library.find()) {
                String name = library.group(1) != null ? library.group(1) : library.group(2);
                return failure(
                        FailureKind.PROGRAM_NOT_EXECUTABLE,
                        null,
                        "Blender cannot start: the shared library " + name + " is missing on this node.",
                        log);
            }
        }
        FailureKind kind =
                code == 126 ? FailureKind.PROGRAM_NOT_EXECUTABLE : code == 127 ? FailureKind.PROGRAM_NOT_FOUND : null;
        if (kind != null) {
            return failure(kind, null, "Blender cannot be started (exit code " + code + ").", log);
        }
        Failure end = ofExit(code, null, log, false);
        return failure(end.kind(), null, "Blender ended with code " + code + " before it was ready.", log);
    }

    /** The failure of a program that the system would not start. */
    static Failure ofStart(String program, IOException problem) {
        String said = String.valueOf(problem.getMessage());
        boolean missing = said.contains("error=2,") || said.contains("No such file");
        FailureKind kind = missing ? FailureKind.PROGRAM_NOT_FOUND : FailureKind.PROGRAM_NOT_EXECUTABLE;
        String what = missing ? "There is no program '" + program + "'." : "'" + program + "' cannot be started.";
        return Failure.of(kind, what + " " + advice(kind));
    }

    static Failure hung(@Nullable Integer frame, long seconds, LogTail log) {
        String when = frame == null ? "while it loaded the scene" : "while it rendered frame " + frame;
        return failure(
                FailureKind.HUNG, frame, "Blender gave no sign of life for " + seconds + " s " + when + ".", log);
    }

    static Failure frameTimeout(int frame, long seconds, LogTail log) {
        return failure(
                FailureKind.FRAME_TIMEOUT, frame, "Frame " + frame + " took longer than " + seconds + " s.", log);
    }

    /** A failure with what to do about it. */
    static Failure failure(FailureKind kind, @Nullable Integer frame, String what, LogTail log) {
        Failure plain = Failure.of(kind, what + " " + advice(kind));
        return new Failure(kind, frame, plain.message(), plain.retryElsewhere(), log.lines());
    }

    private static @Nullable FailureKind ofLog(LogTail log) {
        FailureKind found = null;
        for (String line : log.lines()) {
            FailureKind kind = BlenderLines.parse(line) instanceof BlenderLine.Other ? null : ofWords(line);
            found = kind == null ? found : kind;
        }
        return found;
    }

    /** What an artist or operator can do. */
    static String advice(FailureKind kind) {
        return switch (kind) {
            case SCENE_NOT_HERE -> "Send the scene along, or name one that the node has.";
            case SCENE_UNREADABLE -> "Open it in Blender and save it again; if it was copied, compare the sizes.";
            case SCENE_TOO_NEW ->
                "Render it on a node with that Blender or a newer one, or save it for an older version; 'allow' with"
                        + " newer-scene renders it with what this one understands.";
            case NO_SUCH_SCENE -> "Correct settings.scene.";
            case NO_SUCH_VIEW_LAYER -> "Correct settings.viewLayer, or enable a view layer for rendering.";
            case NO_CAMERA -> "Add a camera to the scene, or name one in settings.camera.";
            case ENGINE_UNAVAILABLE -> "Choose another settings.engine, or a node whose Blender has it.";
            case UNSUPPORTED_FORMAT -> "Choose another settings.format or settings.depth.";
            case UNSUPPORTED_SETTING -> "Change the setting, or render on a node that can do it.";
            case DEVICE_UNAVAILABLE ->
                "Render on a node that has the device, set settings.device to CPU, or name cpu in 'allow'.";
            case COLOR_UNAVAILABLE ->
                "Give the node the scene's colour configuration (OCIO), or name in 'allow' what may be replaced.";
            case DENOISER_UNAVAILABLE ->
                "Set settings.denoise to false and denoise afterwards, or use a Blender with it.";
            case MISSING_FILES ->
                "Send the files along (--with-files), pack them into the scene (File > External Data > Pack Resources), or"
                        + " render without them (missing: warn).";
            case SIMULATION_NOT_BAKED -> "Bake it before the scene is sent, or let the request say simulation: run-up.";
            case SCRIPTS_BLOCKED ->
                "If you trust who made the scene, start the node with --trust-scripts; or bake what the scripts do.";
            case SCRIPT_ERROR -> "Correct the script; the log has the line.";
            case OUT_OF_MEMORY -> "Render on a node with more memory, on fewer slots, or simplify the scene.";
            case GPU_OUT_OF_MEMORY -> "Render on a larger graphics card, on the CPU, or with smaller textures.";
            case CRASHED -> "The log may tell which object; another Blender version may do better.";
            case KILLED -> "The frame can be rendered again.";
            case HUNG -> "It was ended. Raise the node's hang timeout if the scene is known to pause that long.";
            case FRAME_TIMEOUT -> "Raise the node's frame timeout, lower the samples, or render on a faster node.";
            case DISK_FULL -> "Make room on the node's disk, or raise its limits.";
            case OUTPUT_NOT_WRITABLE ->
                "Check the node's output folder: its owner, its rights, and whether it is mounted.";
            case FRAME_MISSING, FRAME_EMPTY, FRAME_DAMAGED ->
                "The frame can be rendered again; if it stays so, look at the node's disk.";
            case PROGRAM_NOT_FOUND -> "Install Blender on the node, or tell where it is with --blender.";
            case PROGRAM_NOT_EXECUTABLE ->
                "Run it by hand on the node: it must be executable and find all its libraries.";
            case INTERNAL_ERROR -> "This is a fault of the software: please report it with the log.";
            default -> "The log tells more.";
        };
    }

    private static String sentence(String said) {
        String text = said.strip().replaceFirst("^Error: ", "").replaceAll("\\s*\\R\\s*", " ");
        return text.isEmpty() || text.endsWith(".") ? text : text + ".";
    }

    private static Map.Entry<Pattern, FailureKind> words(String pattern, FailureKind kind) {
        return Map.entry(Pattern.compile(pattern), kind);
    }
}
