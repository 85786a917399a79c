package io.renderfleet.benchmarks.http;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.TransportSignals;
import io.renderfleet.core.spi.UploadOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Notes when the engine is told of the end of a job: when it is handed the answer to its poll. Leaves all else as it is.
 */
final class MeasuredTransport implements RenderTransport {
    private final RenderTransport measured;
    private final KnownAt known;

    MeasuredTransport(RenderTransport measured, KnownAt known) {
        this.measured = measured;
        this.known = known;
    }

    @Override
    public void start(TransportSignals signals) {
        measured.start(signals);
    }

    @Override
    public void start(TransportSignals signals, String farm, long epoch) {
        measured.start(signals, farm, epoch);
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        return measured.describe(target);
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        return measured.submit(target, assignment);
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        return measured.poll(remote, wait, etag).thenApply(outcome -> {
            if (outcome instanceof PollOutcome.Ended) {
                known.note(remote.id());
            }
            return outcome;
        });
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return measured.cancel(remote, by);
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return measured.shorten(remote, keep, by);
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return measured.frames(remote);
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return measured.fetch(remote, frame, file, into, check);
    }

    @Override
    public CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        return measured.fetchBaked(remote, baked, into);
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        return measured.upload(target, scene);
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return measured.log(remote, maxBytes);
    }

    @Override
    public void close() {
        measured.close();
    }
}
