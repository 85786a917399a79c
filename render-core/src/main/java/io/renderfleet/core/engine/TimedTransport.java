package io.renderfleet.core.engine;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.LoopTimer;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends every call after a time of the engine's own, in case the transport does not: what waits for an answer must not wait for ever.
 *
 * <p>A transport should end its calls itself, and sooner, since it knows why nothing comes; then nothing happens here. A call that is ended
 * here counts as one whose target is out of reach. What the transport says later is dropped, except of a submitted batch: a node that
 * has taken it must be watched or stopped. Transfers may take longer the larger they are. Time is the loop's. Thread-safe.
 */
final class TimedTransport implements RenderTransport {
    /** Slower than this no transfer is. */
    private static final long BYTES_A_SECOND = 64 * 1024;

    private final RenderTransport inner;
    private final Loop loop;
    private final Executor io;
    private final Duration limit;

    TimedTransport(RenderTransport inner, Loop loop, Executor io, Duration limit) {
        this.inner = inner;
        this.loop = loop;
        this.io = io;
        this.limit = limit;
    }

    private <T> CompletionStage<T> within(
            Duration time, CompletionStage<T> call, Supplier<T> tooLate, Consumer<T> late) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        var unused = call.whenComplete((outcome, bug) -> {
            boolean inTime = bug == null ? answer.complete(outcome) : answer.completeExceptionally(bug);
            if (!inTime && outcome != null) {
                loop.execute(() -> late.accept(outcome));
            }
        });
        if (!answer.isDone()) {
            loop.execute(() -> watch(time, answer, tooLate));
        }
        return answer;
    }

    private <T> void watch(Duration time, CompletableFuture<T> answer, Supplier<T> tooLate) {
        if (!answer.isDone()) {
            LoopTimer timer = loop.schedule(time, () -> answer.complete(tooLate.get()));
            var unused = answer.whenComplete((outcome, bug) -> loop.execute(timer::cancel));
        }
    }

    private <T> CompletionStage<T> within(Duration time, CompletionStage<T> call, Supplier<T> tooLate) {
        return within(time, call, tooLate, outcome -> {});
    }

    private static String cause(Duration time) {
        return "the transport gave no answer within " + time.toSeconds() + " s";
    }

    private Duration limitFor(long bytes) {
        return limit.plusSeconds(bytes / BYTES_A_SECOND);
    }

    @Override
    public void start(TransportSignals signals) {
        inner.start(signals);
    }

    @Override
    public void start(TransportSignals signals, String farm, long epoch) {
        inner.start(signals, farm, epoch);
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        return within(limit, inner.describe(target), () -> new DescribeOutcome.Unreachable(cause(limit)));
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        return submit(target, assignment, outcome -> {});
    }

    /** Hands a batch over; what the transport says of it after the time is up is given to {@code late}, on the loop. */
    CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment, Consumer<SubmitOutcome> late) {
        return within(
                limit, inner.submit(target, assignment), () -> new SubmitOutcome.Unreachable(cause(limit), true), late);
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        Duration time = limit.plus(wait);
        return within(time, inner.poll(remote, wait, etag), () -> new PollOutcome.Unreachable(cause(time)));
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return within(limit, inner.cancel(remote, by), () -> new CancelOutcome.Unreachable(cause(limit)));
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return within(limit, inner.shorten(remote, keep, by), () -> new ShortenOutcome.Unreachable(cause(limit)));
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return within(limit, inner.frames(remote), () -> new FramesOutcome.Unreachable(cause(limit)));
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        Duration time = limitFor(file.bytes());
        return within(
                time, inner.fetch(remote, frame, file, into, check), () -> new FetchOutcome.Unreachable(cause(time)));
    }

    @Override
    public CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        Duration time = limitFor(baked.bytes());
        return within(time, inner.fetchBaked(remote, baked, into), () -> new FetchOutcome.Unreachable(cause(time)));
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        return timeFor(scene).thenCompose(enough -> upload(target, scene, enough));
    }

    /** How long a scene may take to be sent, by its size, which takes a look at the file. */
    CompletionStage<Duration> timeFor(Scene.Local scene) {
        try {
            return CompletableFuture.supplyAsync(() -> limitFor(sizeOf(scene.file())), io);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene, Duration enough) {
        return within(enough, inner.upload(target, scene), () -> new UploadOutcome.Unreachable(cause(enough)));
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            // The transport will say so.
            return 0;
        }
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return within(limit, inner.log(remote, maxBytes), () -> new LogOutcome.Unreachable(cause(limit)));
    }

    @Override
    public void close() {
        inner.close();
    }
}
