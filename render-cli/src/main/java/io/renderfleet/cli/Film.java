package io.renderfleet.cli;

import io.renderfleet.core.model.FrameRate;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a film of frames by ffmpeg, and believes it only when ffprobe has counted the frames. */
final class Film {
    private static final int MAX_TOLD = 64 << 10;
    private static final int MAX_HOURS = 24;
    private static final Set<String> LINEAR = Set.of("exr", "hdr", "dpx", "cin");
    /** What Blender calls these. */
    private static final Set<String> LINEAR_FORMATS = Set.of("OPEN_EXR", "OPEN_EXR_MULTILAYER", "HDR", "DPX", "CINEON");

    private Film() {}

    /** Finds what stands in the way of a film before hours are spent on its frames. */
    static void check(Path film) {
        requireName(film);
        find("ffmpeg");
        find("ffprobe");
    }

    /** Finds the same where the request itself names the format of the frames. */
    static void checkFormat(@Nullable String format) {
        if (format != null && LINEAR_FORMATS.contains(format.toUpperCase(Locale.ROOT))) {
            throw new StopException(ExitCode.USAGE, "--film and --format " + format + ": " + noFilmOf(format));
        }
    }

    private static void requireName(Path film) {
        if (!String.valueOf(film.getFileName()).matches(".+\\.[A-Za-z0-9]{2,4}")) {
            throw new StopException(ExitCode.USAGE, "--film is '" + film + "': it must be a file such as shot.mp4");
        }
    }

    /** What these formats hold is scene-linear or logarithmic: ffmpeg would show it as it is, far from what the scene's view transform makes. */
    private static void requireDisplayed(String ending) {
        if (LINEAR.contains(ending)) {
            throw new StopException(ExitCode.LOCAL, noFilmOf(ending));
        }
    }

    private static String noFilmOf(String format) {
        return "no film is made of " + format.toUpperCase(Locale.ROOT)
                + " frames: they do not have the scene's view transform, and only Blender can apply it; render"
                + " with --format PNG for a film";
    }

    static void make(List<Path> frames, Path film, FrameRate rate) throws IOException {
        if (frames.isEmpty()) {
            throw new StopException(ExitCode.LOCAL, "no frame is there to make a film of");
        }
        String ending = ending(frames.get(0));
        if (!frames.stream().allMatch(frame -> ending(frame).equals(ending))) {
            throw new StopException(ExitCode.LOCAL, "a film needs frames of one format");
        }
        requireDisplayed(ending);
        Path target = film.toAbsolutePath().normalize();
        requireName(target);
        String name = String.valueOf(target.getFileName());
        Path parent = Objects.requireNonNull(target.getParent(), "it has a name, so it is in a folder");
        Files.createDirectories(parent);
        // Numbered without gaps and in a folder of their own: ffmpeg would end at the first gap and call that success.
        Path work = Files.createTempDirectory(parent, ".film-");
        try {
            for (int i = 0; i < frames.size(); i++) {
                link(work.resolve(String.format(Locale.ROOT, "%08d.%s", i, ending)), frames.get(i));
            }
            Path made = work.resolve("film" + name.substring(name.lastIndexOf('.')));
            encode(work, ending, made, rate);
            long counted = count(work, made);
            if (counted != frames.size()) {
                throw new StopException(
                        ExitCode.LOCAL, "the film has " + counted + " frames instead of " + frames.size());
            }
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            clear(work);
        }
    }

    private static void encode(Path work, String ending, Path made, FrameRate rate) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "image2", "-framerate", rate.toString()));
        command.addAll(List.of("-start_number", "0", "-i", "%08d." + ending));
        // The usual pixel format needs even sides.
        command.addAll(List.of("-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"));
        command.add(String.valueOf(made.getFileName()));
        run(work, command);
    }

    private static long count(Path work, Path made) throws IOException {
        String told = run(
                work,
                List.of(
                        "ffprobe",
                        "-v",
                        "error",
                        "-count_frames",
                        "-select_streams",
                        "v:0",
                        "-show_entries",
                        "stream=nb_read_frames",
                        "-of",
                        "default=noprint_wrappers=1:nokey=1",
                        String.valueOf(made.getFileName())));
        try {
            return Long.parseLong(told.strip());
        } catch (NumberFormatException none) {
            throw new StopException(
                    ExitCode.LOCAL, "ffprobe cannot count the film's frames: " + TerminalText.line(told));
        }
    }

    private static String run(Path work, List<String> command) throws IOException {
        String program = command.get(0);
        List<String> resolved = new ArrayList<>(command);
        resolved.set(0, find(program).toString());
        Process process = new ProcessBuilder(resolved)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            byte[] told = process.getInputStream().readNBytes(MAX_TOLD);
            process.getInputStream().transferTo(OutputStream.nullOutputStream());
            if (!process.waitFor(MAX_HOURS, TimeUnit.HOURS) || process.exitValue() != 0) {
                throw new StopException(
                        ExitCode.LOCAL,
                        program + " failed: " + TerminalText.line(new String(told, StandardCharsets.UTF_8)));
            }
            return new String(told, StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StopException(ExitCode.LOCAL, "interrupted");
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path find(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> Stream.of(Path.of(folder, program), Path.of(folder, program + ".exe")))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .orElseThrow(() -> new StopException(
                        ExitCode.LOCAL, "a film needs " + program + ", which is not on the PATH: install ffmpeg"));
    }

    /** By a link, which costs nothing; where links are not to be had, by a copy. */
    private static void link(Path name, Path frame) throws IOException {
        try {
            Files.createSymbolicLink(name, frame);
        } catch (IOException | UnsupportedOperationException noLinks) {
            Files.copy(frame, name);
        }
    }

    private static void clear(Path work) throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(work);
    }

    private static String ending(Path file) {
        String name = String.valueOf(file.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return ending.matches("[a-z0-9]{1,5}") ? ending : "png";
    }
}
