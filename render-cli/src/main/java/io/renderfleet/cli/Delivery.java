package io.renderfleet.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what comes home of a job. */
final class Delivery {
    @Option(
            names = "--fetch",
            paramLabel = "DIR",
            description =
                    "Download the frames to this folder, each checked by its sha256. What is there already and right"
                            + " is left alone.")
    private @Nullable Path folder;

    @Option(
            names = "--film",
            paramLabel = "FILE",
            description = "Make a film (such as shot.mp4) of the downloaded frames; needs --fetch and an ffmpeg.")
    private @Nullable Path film;

    @Option(
            names = "--fps",
            paramLabel = "N",
            defaultValue = "24",
            description = "Frames a second of the film; default 24.")
    private int fps;

    /** Looks at the options before anything is done. */
    void check() {
        if (film != null && folder == null) {
            throw OrchestratorCommand.usage("--film needs --fetch DIR: a film is made of downloaded frames");
        }
        if (film != null) {
            Film.check(film);
        }
        if (fps < 1 || fps > 1000) {
            throw OrchestratorCommand.usage("--fps is " + fps + ": it must be from 1 to 1000");
        }
    }

    boolean isWanted() {
        return folder != null;
    }

    /** Downloads and makes, as far as asked for. */
    void bring(Orchestrator farm, Screen screen, String job) throws IOException {
        if (folder == null) {
            return;
        }
        FrameFetch fetch = new FrameFetch(farm, folder);
        ProgressView view = new ProgressView(screen);
        FrameFetch.Fetched fetched;
        try {
            fetched = fetch.all(job, view);
        } finally {
            view.end();
        }
        screen.note(fetched.downloaded() + " files downloaded to " + folder + ", " + fetched.present() + " were there");
        if (film != null) {
            List<Path> frames = fetched.mains();
            Film.make(frames, film, fps);
            screen.note(film + ": " + frames.size() + " frames");
        }
    }
}
