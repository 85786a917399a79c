package io.renderfleet.core.engine;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out to the nodes, which is shut once a newer coordinator exists: whatever the engine still has in hand then, nothing of it is
 * sent. Calls that come later are never answered. Only logs can be read on.
 */
final class FencedTransport implements RenderTransport {
    private static final Logger log = LoggerFactory.getLogger(FencedTransport.class);

    private final TimedTransport open;
    private volatile boolean shut;

    FencedTransport(TimedTransport open) {
        this.open = open;
    }

    /** Sends nothing any more. */
    void shut() {
        shut = true;
    }

    /** What a transport throws, which it should not, fails the call alone. */
    private <T> CompletionStage<T> unlessShut(Supplier<CompletionStage<T>> call) {
        try {
            return shut ? new CompletableFuture<>() : call.get();
        } catch (RuntimeException | LinkageError e) {
            log.error("the transport failed", e);
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public void start(TransportSignals signals) {
        open.start(signals);
    }

    @Override
    public void start(TransportSignals signals, String farm, long epoch) {
        open.start(signals, farm, epoch);
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        return unlessShut(() -> open.describe(target));
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        return unlessShut(() -> open.submit(target, assignment));
    }

    /** Hands a batch over; what comes of it after its time was up is given to {@code late}, on the loop. */
    CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment, Consumer<SubmitOutcome> late) {
        return unlessShut(() -> open.submit(target, assignment, late));
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        return unlessShut(() -> open.poll(remote, wait, etag));
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return unlessShut(() -> open.cancel(remote, by));
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return unlessShut(() -> open.shorten(remote, keep, by));
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return unlessShut(() -> open.frames(remote));
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return unlessShut(() -> open.fetch(remote, frame, file, into, check));
    }

    @Override
    public CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        return unlessShut(() -> open.fetchBaked(remote, baked, into));
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        // It may be shut while somebody looks how large the scene is.
        return unlessShut(() -> open.timeFor(scene))
                .thenCompose(enough -> unlessShut(() -> open.upload(target, scene, enough)));
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return open.log(remote, maxBytes);
    }

    @Override
    public void close() {
        open.close();
    }
}
