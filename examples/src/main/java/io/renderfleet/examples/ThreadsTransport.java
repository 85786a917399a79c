package io.renderfleet.examples;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.TransportSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Hands batches to threads of this JVM, where another one would talk to a queue; a whole transport on one page. */
final class ThreadsTransport implements RenderTransport {
    private final Path folder;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Map<String, CompletableFuture<BatchEnd>> work = new ConcurrentHashMap<>();
    private volatile TransportSignals signals = remote -> {};

    ThreadsTransport(Path folder) {
        this.folder = folder;
    }

    @Override
    public void start(TransportSignals listener) {
        signals = listener;
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        // Without FRAMES nobody would ask for the frames, and the job would end with all of them unverified.
        return answer(new DescribeOutcome.Described(
                NodeDescription.simplest(new NodeId("threads")).can(Capability.FRAMES)));
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        RemoteJob remote = new RemoteJob(target, assignment.key(), null);
        // The same key again is the same work, so a submit whose answer was lost renders nothing twice.
        work.computeIfAbsent(assignment.key(), key -> {
            CompletableFuture<BatchEnd> end = new CompletableFuture<>();
            threads.execute(() -> {
                end.complete(render(assignment));
                signals.changed(remote);
            });
            return end;
        });
        return answer(new SubmitOutcome.Accepted(remote, Duration.ofMillis(100)));
    }

    private BatchEnd render(Assignment assignment) {
        List<FrameOutput> outputs = new ArrayList<>();
        FrameSet finished = FrameSet.empty();
        try {
            for (int frame : assignment.frames()) {
                String name = assignment.output().path(frame) + ".png";
                Path file = folderOf(assignment.key()).resolve(name);
                Files.createDirectories(file.getParent());
                ImageIO.write(JuliaSet.draw(frame, 160, 90), "png", file.toFile());
                OutputFile output = new OutputFile(name, Files.size(file), Sha256.of(file), true);
                outputs.add(new FrameOutput(frame, List.of(output), Duration.ZERO));
                finished = finished.union(FrameSet.of(frame));
            }
            return new BatchEnd(BatchEnd.State.COMPLETED, finished, null).withOutputs(outputs);
        } catch (IOException | RuntimeException e) {
            Failure failure = Failure.of(FailureKind.OUTPUT_NOT_WRITABLE, "A frame could not be written: " + e);
            return new BatchEnd(BatchEnd.State.FAILED, finished, failure).withOutputs(outputs);
        }
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        CompletableFuture<BatchEnd> end = work.get(remote.id());
        if (end == null) {
            return answer(new PollOutcome.Lost());
        }
        return answer(
                end.isDone()
                        ? new PollOutcome.Ended(end.join(), null)
                        : new PollOutcome.Running(BatchProgress.NONE, null, null, false));
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return answer(new CancelOutcome.Unsupported());
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        CompletableFuture<BatchEnd> end = work.get(remote.id());
        List<FrameOutput> outputs = end != null && end.isDone() ? end.join().outputs() : null;
        return answer(new FramesOutcome.Listed(outputs == null ? List.of() : outputs));
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return CompletableFuture.supplyAsync(
                () -> copy(folderOf(remote.id()).resolve(file.name()), file, into), threads);
    }

    private static FetchOutcome copy(Path from, OutputFile file, Path into) {
        try {
            Files.copy(from, into);
            if (Files.size(into) == file.bytes() && Sha256.of(into).equals(file.sha256())) {
                return new FetchOutcome.Fetched();
            }
            Files.delete(into);
            return new FetchOutcome.Damaged(file.name() + " has changed since it was listed");
        } catch (IOException e) {
            return new FetchOutcome.LocalFailure(e.toString());
        }
    }

    private Path folderOf(String key) {
        return folder.resolve(key.replace('/', '-'));
    }

    private static <T> CompletionStage<T> answer(T outcome) {
        return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
