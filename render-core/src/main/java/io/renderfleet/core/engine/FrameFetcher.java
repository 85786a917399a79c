package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.LogEstimate;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.RemoteJob;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings finished frames home: fetches each file, publishes it, and only then calls the frame accepted. Only so many are on their way
 * at once. Belongs to the loop; files are written elsewhere.
 */
final class FrameFetcher {
    private static final Logger log = LoggerFactory.getLogger(FrameFetcher.class);
    private static final int MAX_FETCHES_OF_A_FILE = 4;
    private static final int MAX_PUBLISH_FAILURES = 8;

    private final Farm farm;
    private final BatchCloser batchCloser;
    private final RetryDecision retry;
    private final Consumer<OpenBatch> onDone;
    private final Queue<Runnable> queued = new ArrayDeque<>();
    private int underWay;

    /** A frame on its way: where its files that were fetched are staged, and how often the next one was tried or put off. */
    private record Errand(
            OpenBatch batch, RemoteJob remote, FrameOutput frame, List<Path> staged, int tries, int throttles) {
        OutputFile current() {
            return frame.files().get(Math.min(staged.size(), frame.files().size() - 1));
        }

        boolean isWhole() {
            return staged.size() == frame.files().size();
        }

        Errand again() {
            return new Errand(batch, remote, frame, staged, tries + 1, throttles);
        }

        /** A node that wants fewer calls has not failed. */
        Errand putOff() {
            return new Errand(batch, remote, frame, staged, tries, throttles + 1);
        }

        Errand from(int firstTry) {
            return new Errand(batch, remote, frame, List.of(), firstTry, 0);
        }

        Errand with(Path file) {
            List<Path> more = new ArrayList<>(staged);
            more.add(file);
            return new Errand(batch, remote, frame, List.copyOf(more), 0, 0);
        }
    }

    /** Calls back whenever a frame of a batch is no longer on its way. */
    FrameFetcher(Farm farm, BatchCloser batchCloser, RetryDecision retry, Consumer<OpenBatch> onDone) {
        this.farm = farm;
        this.batchCloser = batchCloser;
        this.retry = retry;
        this.onDone = onDone;
    }

    void fetch(OpenBatch batch, RemoteJob remote, FrameOutput frame) {
        begin(new Errand(batch, remote, frame, List.of(), 0, 0));
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
        if (!errand.batch().isOpen()) {
            dropped(errand);
            return;
        }
        FrameCheck check = checkOf(errand);
        farm.blocking(
                () -> place(errand, check),
                place -> {
                    if (place.filled()) {
                        came(errand, place.staged(), check);
                    } else {
                        check.close();
                        fetch(errand, place.staged());
                    }
                },
                problem -> {
                    check.close();
                    publishFailed(errand, problem);
                });
    }

    /** Where a file goes, and whether it is there already. */
    private record Place(Path staged, boolean filled) {}

    /** Each try has a check of its own. */
    private FrameCheck checkOf(Errand errand) {
        FrameExpectation expected =
                FrameExpectation.of(errand.batch().job.ledger.request().settings(), farm.config.maxFile());
        return new FrameCheck(errand.current(), expected.boundsOf(errand.current()));
    }

    private Place place(Errand errand, FrameCheck check) throws IOException {
        JobId job = errand.batch().job.ledger.job();
        AttemptId attempt = errand.batch().attempt();
        Path staged = farm.outputs.stage(job, attempt, errand.current());
        return new Place(staged, farm.outputs.adopt(job, attempt, errand.current(), staged, check));
    }

    private void fetch(Errand errand, Path staged) {
        FrameCheck check = checkOf(errand);
        farm.transport
                .fetch(errand.remote(), errand.frame().frame(), errand.current(), staged, check)
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    if (outcome instanceof FetchOutcome.Fetched) {
                        came(errand, staged, check);
                    } else {
                        check.close();
                        fetched(
                                errand,
                                staged,
                                outcome != null ? outcome : new FetchOutcome.Unreachable(String.valueOf(bug)));
                    }
                }));
    }

    /** A file is here, with the digest that was announced. */
    private void came(Errand errand, Path staged, FrameCheck check) {
        if (check.needsFile(farm.config.decodeFrames())) {
            farm.blocking(
                    () -> checked(staged, check),
                    outcome -> fetched(errand, staged, outcome),
                    problem -> publishFailed(errand, problem));
        } else {
            fetched(errand, staged, checked(staged, check));
        }
    }

    private FetchOutcome checked(Path staged, FrameCheck check) {
        try (check) {
            Optional<String> flaw = check.end(staged, farm.config.decodeFrames());
            return flaw.isPresent() ? new FetchOutcome.Flawed(flaw.get()) : new FetchOutcome.Fetched();
        } catch (IOException e) {
            return new FetchOutcome.LocalFailure("what was fetched cannot be read: " + e);
        }
    }

    private void fetched(Errand errand, Path staged, FetchOutcome outcome) {
        if (outcome instanceof FetchOutcome.Throttled throttled) {
            farm.slots.throttled(errand.batch().node, throttled.retryAfter());
        }
        if (errand.batch().isOpen()) {
            outcome.match(fetches(errand, staged));
        } else {
            dropped(errand);
        }
    }

    /** What follows from fetching a file. */
    private FetchOutcome.Cases fetches(Errand errand, Path staged) {
        return new FetchOutcome.Cases() {
            @Override
            public void onFetched(FetchOutcome.Fetched it) {
                Errand further = errand.with(staged);
                if (further.isWhole()) {
                    publish(further);
                } else {
                    stage(further);
                }
            }

            @Override
            public void onDamaged(FetchOutcome.Damaged it) {
                fetchFailed(errand, it.cause());
            }

            @Override
            public void onFlawed(FetchOutcome.Flawed it) {
                cannotFetch(
                        errand,
                        "Node " + errand.batch().node + " sent "
                                + errand.current().name() + ", which " + it.cause() + ".");
            }

            @Override
            public void onLost(FetchOutcome.Lost it) {
                fetchFailed(errand.from(MAX_FETCHES_OF_A_FILE), "the node has no such file any more");
            }

            @Override
            public void onThrottled(FetchOutcome.Throttled it) {
                Errand putOff = errand.putOff();
                later(putOff, retry.waitFor(it.retryAfter(), putOff.throttles()));
            }

            @Override
            public void onLocalFailure(FetchOutcome.LocalFailure it) {
                publishFailed(errand, new IOException(it.cause()));
            }

            @Override
            public void onUnreachable(FetchOutcome.Unreachable it) {
                fetchFailed(errand, it.cause());
            }
        };
    }

    private void fetchFailed(Errand errand, String cause) {
        if (errand.tries() + 1 < MAX_FETCHES_OF_A_FILE) {
            later(errand.again(), retry.waitAfter(errand.tries() + 1));
            return;
        }
        cannotFetch(errand, "Frame " + errand.frame().frame() + " was rendered but could not be fetched: " + cause);
    }

    private void cannotFetch(Errand errand, String message) {
        errand.batch()
                .collection
                .cannotFetch(Failure.of(FailureKind.FETCH_FAILED, errand.frame().frame(), message));
        dropped(errand);
    }

    /** Others may fetch while this one waits. */
    private void later(Errand errand, Duration wait) {
        farm.loop.schedule(farm.config.cut(wait), () -> begin(errand));
        underWay--;
        startQueued();
    }

    private void publish(Errand errand) {
        errand.batch().collection.beginsPublishing();
        farm.blocking(
                () -> publishAll(errand),
                files -> {
                    published(errand, files);
                    publishingEnded(errand.batch());
                },
                problem -> {
                    publishFailed(errand, problem);
                    publishingEnded(errand.batch());
                });
    }

    private List<OutputFile> publishAll(Errand errand) throws IOException {
        List<OutputFile> files = new ArrayList<>();
        for (int i = 0; i < errand.staged().size(); i++) {
            OutputFile file = errand.frame().files().get(i);
            files.add(farm.outputs.publish(
                    errand.batch().job.ledger.job(), errand.staged().get(i), file));
        }
        return files;
    }

    private void publishingEnded(OpenBatch batch) {
        batch.collection.endsPublishing();
        batchCloser.published(batch);
    }

    private void published(Errand errand, List<OutputFile> files) {
        OpenBatch batch = errand.batch();
        ActiveJob job = batch.job;
        FrameOutput frame =
                new FrameOutput(errand.frame().frame(), files, errand.frame().renderTime());
        job.failures.published();
        if (!job.ledger.hasEnded() && !job.ledger.isSettled(frame.frame())) {
            farm.record(
                    job,
                    new JobTransition.FramesAccepted(
                            farm.now(), job.ledger.job(), batch.id(), batch.attempt(), List.of(frame)));
            batch.collection.rendered(frame.renderTime());
            measure(batch, frame.renderTime());
        }
        // If this was the batch's last frame, the batch ends here; its end waits until publishing has ended, just
        // below.
        dropped(errand);
        batchCloser.accepted(batch, frame.frame());
    }

    private void measure(OpenBatch batch, Duration took) {
        Pace pace = batch.job.pace;
        pace.frameDone(farm.nanos());
        LogEstimate speed = batch.node.speed().estimate();
        farm.slots.measured(batch.node, pace.surprise(took.toNanos() / 1e9, speed), took);
        pace.measured(took, speed, batch.node.speed().factor());
        farm.experience.measured(batch.node);
    }

    private void publishFailed(Errand errand, Exception problem) {
        ActiveJob job = errand.batch().job;
        errand.batch()
                .inLog(() -> log.warn(
                        "job {}: could not publish {}: {}",
                        job,
                        errand.current().name(),
                        problem.toString()));
        if (problem instanceof FileAlreadyExistsException) {
            dropped(errand);
            batchCloser.fail(
                    job,
                    Failure.of(
                            FailureKind.PUBLISH_FAILED,
                            "A file " + problem.getMessage()
                                    + " of somebody else is in the output folder: choose another folder, or remove"
                                    + " it."));
        } else if (job.failures.publishFailed() >= MAX_PUBLISH_FAILURES) {
            dropped(errand);
            batchCloser.fail(
                    job,
                    Failure.of(
                            FailureKind.PUBLISH_FAILED,
                            "The output folder cannot be written ("
                                    + problem.getClass().getSimpleName()
                                    + "): see whether its disk is full and whether it may be written."));
        } else {
            later(errand.from(0), retry.waitAfter(job.failures.publishesInRow()));
        }
    }

    /** A frame is no longer on its way, for better or worse. */
    private void dropped(Errand errand) {
        errand.batch().collection.dropped(errand.frame().frame());
        underWay--;
        startQueued();
        onDone.accept(errand.batch());
    }
}
