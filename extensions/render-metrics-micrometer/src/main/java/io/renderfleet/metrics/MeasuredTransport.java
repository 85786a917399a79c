package io.renderfleet.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A transport whose calls are timed, by what they ask for and what came of them. */
public final class MeasuredTransport implements RenderTransport {
    private final RenderTransport transport;
    private final MeterRegistry meters;
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    /** What was asked, and what came of it. */
    private record Kind(String call, Class<?> outcome) {}

    /**
     * Wraps a transport.
     *
     * @param transport does the work
     * @param meters gets the times
     */
    public MeasuredTransport(RenderTransport transport, MeterRegistry meters) {
        this.transport = transport;
        this.meters = meters;
    }

    /** Outcomes are few and have names of their own, so that they do as a tag. */
    private <T> CompletionStage<T> timed(String call, CompletionStage<T> stage) {
        long began = System.nanoTime();
        return stage.whenComplete((outcome, problem) -> timer(
                        call, problem != null || outcome == null ? Throwable.class : outcome.getClass())
                .record(System.nanoTime() - began, TimeUnit.NANOSECONDS));
    }

    private Timer timer(String call, Class<?> outcome) {
        return timers.computeIfAbsent(
                new Kind(call, outcome),
                kind -> Timer.builder("renderfleet.node.calls")
                        .description("Calls to nodes; a long poll takes as long as it is held")
                        .tag("call", call)
                        .tag("outcome", outcome == Throwable.class ? "error" : name(outcome))
                        .register(meters));
    }

    private static String name(Class<?> outcome) {
        return outcome.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    @Override
    public void start(TransportSignals signals) {
        transport.start(signals);
    }

    @Override
    public void start(TransportSignals signals, String farm, long epoch) {
        transport.start(signals, farm, epoch);
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        return timed("describe", transport.describe(target));
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        return timed("submit", transport.submit(target, assignment));
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        return timed("poll", transport.poll(remote, wait, etag));
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return timed("cancel", transport.cancel(remote, by));
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return timed("shorten", transport.shorten(remote, keep, by));
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return timed("frames", transport.frames(remote));
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return timed("fetch", transport.fetch(remote, frame, file, into, check));
    }

    @Override
    public CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        return timed("fetch-baked", transport.fetchBaked(remote, baked, into));
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        return timed("upload", transport.upload(target, scene));
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return timed("log", transport.log(remote, maxBytes));
    }

    @Override
    public void close() {
        transport.close();
    }
}
