package io.renderfleet.cli;

import io.renderfleet.core.model.FrameRate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what comes home of a job. */
final class Delivery {
    private static final FrameRate CINEMA = FrameRate.of(24);

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
            converter = FrameRateConverter.class,
            description =
                    "Frames a second of the film, such as 25, 29.97 or 30000/1001. Without it the film has the rate of the"
                            + " scene, and 24 where that is not known.")
    private @Nullable FrameRate fps;

    /** Looks at the options before anything is done, beside the format of a request; null where it leaves that to the scene. */
    void check(@Nullable String format) {
        if (film != null) {
            Film.checkFormat(format);
        }
        check();
    }

    /** Looks at the options before anything is done. */
    void check() {
        if (film != null && folder == null) {
            throw OrchestratorCommand.usage("--film needs --fetch DIR: a film is made of downloaded frames");
        }
        if (film != null) {
            Film.check(film);
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
            FrameRate ofScene = fps == null ? rateOfScene(farm, job) : null;
            FrameRate rate = fps != null ? fps : ofScene != null ? ofScene : CINEMA;
            Film.make(frames, film, rate);
            screen.note(film + ": " + frames.size() + " frames, " + rate + " a second"
                    + (fps != null
                            ? ""
                            : ofScene != null ? ", as the scene has" : "; what the scene has is not known"));
        }
    }

    /** What the scene says, where its renderer has reported it. */
    private static @Nullable FrameRate rateOfScene(Orchestrator farm, String job) {
        String told = JobFollower.look(farm, job).frameRate();
        try {
            return told == null ? null : FrameRate.parse(told);
        } catch (IllegalArgumentException nonsense) {
            return null;
        }
    }
}
