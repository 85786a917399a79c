package io.renderfleet.core;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.node.NodeEntry;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.track.TrackingEnd;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings finished frames home: lists them, fetches each file, publishes it, and only then calls the frame accepted.
 *
 * <p>Works while a batch runs, whenever more of it is finished, and once more after its end, where that does not tell the files by
 * itself. Belongs to the loop; files are written elsewhere.
 */
final class Collector {
    private static final Logger log = LoggerFactory.getLogger(Collector.class);
    private static final int MAX_FETCHES_OF_A_FILE = 4;
    private static final int MAX_PUBLISH_FAILURES = 8;

    /** Up to here waits of a throttled call grow where the node does not say for how long. */
    private static final int MAX_GROWTH = 6;

    private final Farm farm;
    private final Settlement settlement;
    private final RetryDecision retry;
    private final Queue<Runnable> queued = new ArrayDeque<>();
    private int underWay;

    /** A frame on its way: where its files that were fetched are staged, and how often the next one was tried or put off. */
    private record Errand(
            ActiveJob job,
            BatchRun run,
            RemoteJob remote,
            FrameOutput frame,
            List<Path> staged,
            int tries,
            int throttles) {
        OutputFile current() {
            return frame.files().get(Math.min(staged.size(), frame.files().size() - 1));
        }

        boolean isWhole() {
            return staged.size() == frame.files().size();
        }

        Errand again() {
            return new Errand(job, run, remote, frame, staged, tries + 1, throttles);
        }

        /** A node that wants fewer calls has not failed. */
        Errand putOff() {
            return new Errand(job, run, remote, frame, staged, tries, throttles + 1);
        }

        Errand from(int firstTry) {
            return new Errand(job, run, remote, frame, List.of(), firstTry, 0);
        }

        Errand with(Path file) {
            List<Path> more = new ArrayList<>(staged);
            more.add(file);
            return new Errand(job, run, remote, frame, List.copyOf(more), 0, 0);
        }
    }

    Collector(Farm farm, Settlement settlement, RetryDecision retry) {
        this.farm = farm;
        this.settlement = settlement;
        this.retry = retry;
    }

    /** Looks which frames of a batch are finished, and fetches those that are not here. */
    void collect(ActiveJob job, BatchRun run) {
        RemoteJob remote = run.remote;
        NodeEntry node = run.node;
        if (!run.isOpen() || remote == null || node == null || run.finalListed) {
            return;
        }
        if (node.lacks(Capability.FRAMES) || run.unlistable) {
            run.unlistable = true;
            run.finalListed = run.end != null;
            settleIfDone(job, run);
            return;
        }
        List<FrameOutput> told = toldWithTheEnd(run);
        if (told != null) {
            run.finalListed = true;
            told.forEach(frame -> wanted(job, run, remote, frame));
            settleIfDone(job, run);
            return;
        }
        if (run.listing) {
            run.listAgain = true;
            return;
        }
        run.listing = true;
        boolean last = run.end != null;
        farm.transport
                .frames(remote)
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    run.listing = false;
                    if (outcome instanceof FramesOutcome.Throttled throttled) {
                        farm.slots.throttled(node, throttled.retryAfter());
                    }
                    if (run.isOpen() && !run.finalListed) {
                        listed(
                                job,
                                run,
                                remote,
                                node,
                                last,
                                outcome != null ? outcome : new FramesOutcome.Unreachable(String.valueOf(bug)));
                    }
                }));
    }

    private static @Nullable List<FrameOutput> toldWithTheEnd(BatchRun run) {
        return run.end instanceof TrackingEnd.Ended ended ? ended.end().outputs() : null;
    }

    private void listed(
            ActiveJob job, BatchRun run, RemoteJob remote, NodeEntry node, boolean last, FramesOutcome outcome) {
        if (outcome instanceof FramesOutcome.Listed list) {
            run.listMisses = 0;
            run.listThrottles = 0;
            run.finalListed |= last;
            list.frames().forEach(frame -> wanted(job, run, remote, frame));
        } else if (outcome instanceof FramesOutcome.Unsupported) {
            run.unlistable = true;
            run.finalListed |= last;
        } else if (outcome instanceof FramesOutcome.Lost) {
            settlement.lost(job, run, "Node " + node + " does not know the batch any more.");
            return;
        } else if (outcome instanceof FramesOutcome.Throttled throttled) {
            listLater(job, run, named(throttled.retryAfter(), ++run.listThrottles));
            return;
        } else if (outcome instanceof FramesOutcome.Unreachable unreachable) {
            farm.health.missed(node, unreachable.cause());
            if (++run.listMisses >= MAX_FETCHES_OF_A_FILE * 2) {
                settlement.lost(job, run, "Node " + node + " did not list its frames: " + unreachable.cause());
            } else if (run.end != null) {
                listLater(job, run, retry.waitAfter(Math.min(run.listMisses, 4)));
            }
            return;
        }
        if (run.listAgain) {
            run.listAgain = false;
            collect(job, run);
        }
        settleIfDone(job, run);
    }

    private void listLater(ActiveJob job, BatchRun run, Duration delay) {
        Duration longest = farm.config.polls().maxRetryAfter();
        farm.loop.schedule(delay.compareTo(longest) > 0 ? longest : delay, () -> collect(job, run));
    }

    private void wanted(ActiveJob job, BatchRun run, RemoteJob remote, FrameOutput frame) {
        boolean mine = run.frames().contains(frame.frame());
        if (mine && !job.ledger.isSettled(frame.frame()) && run.fetching.add(frame.frame())) {
            begin(new Errand(job, run, remote, frame, List.of(), 0, 0));
        }
    }

    private void begin(Errand errand) {
        queued.add(() -> stage(errand));
        startQueued();
    }

    private void startQueued() {
        while (underWay < farm.config.fetches() && !queued.isEmpty()) {
            underWay++;
            queued.remove().run();
        }
    }

    private void stage(Errand errand) {
        if (!errand.run().isOpen()) {
            dropped(errand);
            return;
        }
        farm.blocking(
                () -> place(errand),
                place -> {
                    if (place.filled()) {
                        fetched(errand, place.staged(), new FetchOutcome.Fetched());
                    } else {
                        fetch(errand, place.staged());
                    }
                },
                problem -> publishFailed(errand, problem));
    }

    /** Where a file goes, and whether it is there already. */
    private record Place(Path staged, boolean filled) {}

    private Place place(Errand errand) throws IOException {
        JobId job = errand.job().ledger.job();
        AttemptId attempt = errand.run().attempt();
        Path staged = farm.outputs.stage(job, attempt, errand.current());
        return new Place(staged, farm.outputs.adopt(job, attempt, errand.current(), staged));
    }

    private void fetch(Errand errand, Path staged) {
        farm.transport
                .fetch(errand.remote(), errand.frame().frame(), errand.current(), staged)
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> fetched(
                        errand,
                        staged,
                        outcome != null ? outcome : new FetchOutcome.Unreachable(String.valueOf(bug)))));
    }

    private void fetched(Errand errand, Path staged, FetchOutcome outcome) {
        if (outcome instanceof FetchOutcome.Throttled throttled && errand.run().node != null) {
            farm.slots.throttled(errand.run().node, throttled.retryAfter());
        }
        if (!errand.run().isOpen()) {
            dropped(errand);
        } else if (outcome instanceof FetchOutcome.Fetched) {
            Errand further = errand.with(staged);
            if (further.isWhole()) {
                publish(further);
            } else {
                stage(further);
            }
        } else if (outcome instanceof FetchOutcome.LocalFailure local) {
            publishFailed(errand, new IOException(local.cause()));
        } else if (outcome instanceof FetchOutcome.Throttled throttled) {
            Errand putOff = errand.putOff();
            later(putOff, named(throttled.retryAfter(), putOff.throttles()));
        } else if (outcome instanceof FetchOutcome.Unreachable unreachable) {
            fetchFailed(errand, unreachable.cause());
        } else if (outcome instanceof FetchOutcome.Damaged damaged) {
            fetchFailed(errand, damaged.cause());
        } else {
            fetchFailed(errand.from(MAX_FETCHES_OF_A_FILE), "the node has no such file any more");
        }
    }

    private void fetchFailed(Errand errand, String cause) {
        if (errand.tries() + 1 < MAX_FETCHES_OF_A_FILE) {
            later(errand.again(), retry.waitAfter(errand.tries() + 1));
            return;
        }
        errand.run().fetchFailure = Failure.of(
                FailureKind.FETCH_FAILED,
                errand.frame().frame(),
                "Frame " + errand.frame().frame() + " was rendered but could not be fetched: " + cause);
        dropped(errand);
    }

    /** What the node names, or a wait of our own that grows with each time that it names none, and is random in part. */
    private Duration named(@Nullable Duration retryAfter, int throttles) {
        return retryAfter == null ? retry.waitAfter(Math.min(throttles, MAX_GROWTH)) : retryAfter;
    }

    /** Others may fetch while this one waits. */
    private void later(Errand errand, Duration wait) {
        Duration longest = farm.config.polls().maxRetryAfter();
        farm.loop.schedule(wait.compareTo(longest) > 0 ? longest : wait, () -> begin(errand));
        underWay--;
        startQueued();
    }

    private void publish(Errand errand) {
        errand.run().publishing++;
        farm.blocking(
                () -> publishAll(errand),
                files -> {
                    published(errand, files);
                    publishingEnded(errand.run());
                },
                problem -> {
                    publishFailed(errand, problem);
                    publishingEnded(errand.run());
                });
    }

    private List<OutputFile> publishAll(Errand errand) throws IOException {
        List<OutputFile> files = new ArrayList<>();
        for (int i = 0; i < errand.staged().size(); i++) {
            OutputFile file = errand.frame().files().get(i);
            files.add(farm.outputs.publish(
                    errand.job().ledger.job(), errand.staged().get(i), file));
        }
        return files;
    }

    private static void publishingEnded(BatchRun run) {
        run.publishing--;
        Runnable waiting = run.afterPublishing;
        if (run.publishing == 0 && waiting != null) {
            run.afterPublishing = null;
            waiting.run();
        }
    }

    private void published(Errand errand, List<OutputFile> files) {
        ActiveJob job = errand.job();
        BatchRun run = errand.run();
        FrameOutput frame =
                new FrameOutput(errand.frame().frame(), files, errand.frame().renderTime());
        job.publishFailures = 0;
        job.failuresInRow = 0;
        if (!job.ledger.hasEnded() && !job.ledger.isSettled(frame.frame())) {
            farm.record(
                    job,
                    new JobTransition.FramesAccepted(
                            farm.now(), job.ledger.job(), run.id(), run.attempt(), List.of(frame)));
            run.renderedNanos += frame.renderTime().toNanos();
            measure(job, run, frame.renderTime());
        }
        dropped(errand);
        settlement.accepted(job, run, frame.frame());
    }

    private void measure(ActiveJob job, BatchRun run, Duration took) {
        job.pace.frameDone(farm.nanos());
        if (run.node != null) {
            Duration expected = job.pace.frameTime();
            job.pace.measured(took, run.node.speed().factor());
            farm.slots.measured(run.node, expected == null ? took : expected, took);
        }
    }

    private void publishFailed(Errand errand, Exception problem) {
        ActiveJob job = errand.job();
        log.warn("job {}: could not publish {}: {}", job, errand.current().name(), problem.toString());
        if (problem instanceof FileAlreadyExistsException) {
            dropped(errand);
            settlement.fail(
                    job,
                    Failure.of(
                            FailureKind.PUBLISH_FAILED,
                            "A file " + problem.getMessage()
                                    + " of somebody else is in the output folder: choose another folder, or remove"
                                    + " it."));
        } else if (++job.publishFailures >= MAX_PUBLISH_FAILURES) {
            dropped(errand);
            settlement.fail(
                    job,
                    Failure.of(
                            FailureKind.PUBLISH_FAILED,
                            "The output folder cannot be written ("
                                    + problem.getClass().getSimpleName()
                                    + "): see whether its disk is full and whether it may be written."));
        } else {
            later(errand.from(0), retry.waitAfter(job.publishFailures));
        }
    }

    /** A frame is no longer on its way, for better or worse. */
    private void dropped(Errand errand) {
        errand.run().fetching.remove(errand.frame().frame());
        underWay--;
        startQueued();
        settleIfDone(errand.job(), errand.run());
    }

    private void settleIfDone(ActiveJob job, BatchRun run) {
        if (run.isOpen() && run.end != null && run.finalListed && run.fetching.isEmpty()) {
            settlement.collected(job, run);
        }
    }
}
