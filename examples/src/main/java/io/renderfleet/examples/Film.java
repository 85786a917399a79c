package io.renderfleet.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Frames as a film, by ffmpeg; and how many frames the film really has, by ffprobe. */
final class Film {
    private static final int FRAMES_PER_SECOND = 12;

    private Film() {}

    /** Makes an MP4 of the frames; empty where ffmpeg or ffprobe is not installed. */
    static Optional<Path> of(List<Path> frames, Path file) throws IOException, InterruptedException {
        Optional<Path> ffmpeg = Programs.find("ffmpeg");
        if (ffmpeg.isEmpty() || Programs.find("ffprobe").isEmpty()) {
            return Optional.empty();
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Process process = new ProcessBuilder(
                        ffmpeg.get().toString(),
                        "-v",
                        "error",
                        "-y",
                        "-f",
                        "image2pipe",
                        "-framerate",
                        Integer.toString(FRAMES_PER_SECOND),
                        "-i",
                        "-",
                        // The usual pixel format needs even sides.
                        "-vf",
                        "pad=ceil(iw/2)*2:ceil(ih/2)*2",
                        "-pix_fmt",
                        "yuv420p",
                        file.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Through a pipe, not by a pattern of names: ffmpeg would end at the first gap, and call that success.
        try (OutputStream pipe = process.getOutputStream()) {
            for (Path frame : frames) {
                Files.copy(frame, pipe);
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException("ffmpeg ended with exit code " + process.exitValue());
        }
        int counted = countFrames(file);
        if (counted != frames.size()) {
            throw new IOException(file + " has " + counted + " frames, not " + frames.size());
        }
        return Optional.of(file);
    }

    /** Decodes the whole film and counts. */
    static int countFrames(Path film) throws IOException {
        Path ffprobe = Programs.find("ffprobe").orElseThrow(() -> new IOException("ffprobe is not installed"));
        Process process = new ProcessBuilder(
                        ffprobe.toString(),
                        "-v",
                        "error",
                        "-count_frames",
                        "-select_streams",
                        "v:0",
                        "-show_entries",
                        "stream=nb_read_frames",
                        "-of",
                        "csv=p=0",
                        film.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return Integer.parseInt(told);
    }
}
