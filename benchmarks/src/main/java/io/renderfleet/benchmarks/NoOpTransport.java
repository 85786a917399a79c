package io.renderfleet.benchmarks;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that are done with a batch as soon as they are asked, so that what is measured is the engine and nothing else.
 *
 * <p>Frames have files, with names and digests as real ones have, or cannot be listed, as on the simplest node. Nodes whose address begins
 * with {@code noop:gpu} have a label that says so. Thread-safe.
 */
final class NoOpTransport implements RenderTransport {
    private static final HexFormat HEX = HexFormat.of();

    private final boolean withFiles;
    private final int slots;
    private final List<Runnable> held = new ArrayList<>();
    private int firstHeld;
    private final AtomicLong jobs = new AtomicLong();
    private final Map<String, FrameSet> running = new ConcurrentHashMap<>();

    NoOpTransport(boolean withFiles, int slots) {
        this(withFiles, slots, Integer.MAX_VALUE);
    }

    /** Batches that begin at a frame or behind it run until {@link #release()}. */
    NoOpTransport(boolean withFiles, int slots, int firstHeld) {
        this.withFiles = withFiles;
        this.slots = slots;
        this.firstHeld = firstHeld;
    }

    /** Has no batch run on. */
    void release() {
        List<Runnable> all;
        synchronized (held) {
            firstHeld = Integer.MAX_VALUE;
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(Runnable::run);
    }

    /** Whether this batch runs on; if so the action runs once it does not. */
    private boolean isHeld(FrameSet frames, Runnable then) {
        synchronized (held) {
            return frames.first() >= firstHeld && held.add(then);
        }
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        Set<Capability> can = withFiles
                ? EnumSet.of(Capability.LONG_POLL, Capability.CANCEL, Capability.FRAMES)
                : EnumSet.of(Capability.LONG_POLL, Capability.CANCEL);
        String name = target.address().getSchemeSpecificPart();
        Map<String, String> labels = name.startsWith("gpu") ? Map.of("gpu", "yes") : Map.of();
        return done(new DescribeOutcome.Described(
                new NodeDescription(id(target), "b-1", "0", List.of(), slots, 0, false, labels, 1, 1L << 34, can)));
    }

    private static NodeId id(Target target) {
        return new NodeId("n-" + target.address().getSchemeSpecificPart());
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        String job = "j-" + jobs.incrementAndGet();
        running.put(job, assignment.frames());
        return done(new SubmitOutcome.Accepted(new RemoteJob(target, job, id(target)), null));
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        FrameSet frames = running.get(remote.id());
        if (frames == null) {
            return done(new PollOutcome.Lost());
        }
        CompletableFuture<PollOutcome> end = new CompletableFuture<>();
        Runnable ending = () -> end.complete(ended(remote, frames));
        if (!isHeld(frames, ending)) {
            ending.run();
        }
        return end;
    }

    private PollOutcome ended(RemoteJob remote, FrameSet frames) {
        if (!withFiles) {
            running.remove(remote.id());
        }
        return new PollOutcome.Ended(new BatchEnd(BatchEnd.State.COMPLETED, frames, null), remote.node());
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        FrameSet frames = running.remove(remote.id());
        if (!withFiles || frames == null) {
            return done(new FramesOutcome.Unsupported());
        }
        return done(new FramesOutcome.Listed(
                frames.stream().mapToObj(NoOpTransport::output).toList()));
    }

    /** A frame with a name and a digest as real ones have: no two digests have anything in common. */
    static FrameOutput output(int frame) {
        StringBuilder hex = new StringBuilder(64);
        long state = frame;
        for (int i = 0; i < 4; i++) {
            state = (state + 0x9E37_79B9_7F4A_7C15L) * 0xBF58_476D_1CE4_E5B9L;
            state ^= state >>> 29;
            hex.append(HEX.toHexDigits(state));
        }
        String digits = Integer.toString(Math.abs(frame));
        String name = (frame < 0 ? "shot_-" : "shot_") + "0".repeat(Math.max(0, 4 - digits.length())) + digits + ".dat";
        OutputFile file = new OutputFile(name, 1_000_000 + Math.abs(frame), new Sha256(hex.toString()), true);
        return new FrameOutput(frame, List.of(file), Duration.ofNanos(1_000_000_000L + Math.abs(frame) * 997L));
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return done(new FetchOutcome.Fetched());
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return done(new CancelOutcome.Stopped());
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return done(new ShortenOutcome.Unsupported());
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        return done(new UploadOutcome.Stored());
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return done(new LogOutcome.Unsupported());
    }

    @Override
    public void close() {}

    private static <T> CompletionStage<T> done(T outcome) {
        return CompletableFuture.completedFuture(outcome);
    }
}
