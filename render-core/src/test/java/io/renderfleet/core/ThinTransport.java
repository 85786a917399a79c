package io.renderfleet.core;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchEnd;
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
import io.renderfleet.core.spi.UploadOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Leads to the simplest nodes there can be, which have done every batch as soon as they are asked. */
class ThinTransport implements RenderTransport {
    volatile boolean closed;

    static <T> CompletionStage<T> answer(T outcome) {
        return CompletableFuture.completedStage(outcome);
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        return answer(new DescribeOutcome.Anonymous());
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        return answer(new SubmitOutcome.Accepted(
                new RemoteJob(target, assignment.batch().value(), null), Duration.ofMillis(1)));
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        return answer(new PollOutcome.Ended(new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.empty(), null), null));
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return answer(new CancelOutcome.Unsupported());
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return answer(new ShortenOutcome.Unsupported());
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return answer(new FramesOutcome.Unsupported());
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return answer(new FetchOutcome.Lost());
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        return answer(new UploadOutcome.Stored());
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return answer(new LogOutcome.Unsupported());
    }

    @Override
    public void close() {
        closed = true;
    }
}
