package io.renderfleet.core.engine;

import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.track.TrackingEnd;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which frames of a batch are finished, and has them brought home.
 *
 * <p>Works while a batch runs, whenever more of it is finished, and once more after its end, where that does not list the files by itself.
 * Belongs to the loop.
 */
final class Collector {
    private static final int MAX_LIST_MISSES = 8;

    private final Farm farm;
    private final BatchCloser batchCloser;
    private final RetryDecision retry;
    private final FrameFetcher fetcher;

    Collector(Farm farm, BatchCloser batchCloser, RetryDecision retry) {
        this.farm = farm;
        this.batchCloser = batchCloser;
        this.retry = retry;
        this.fetcher = new FrameFetcher(farm, batchCloser, retry, this::settleIfDone);
    }

    /** Looks which frames of a batch are finished, and fetches those that are not here. */
    void collect(OpenBatch batch) {
        RemoteJob remote = batch.handover.remote();
        FrameCollection collection = batch.collection;
        if (!batch.isOpen() || remote == null || collection.isWhole()) {
            return;
        }
        boolean last = batch.watch.end() != null;
        if (batch.node.lacks(Capability.FRAMES) || collection.isUnlistable()) {
            collection.becomesUnlistable();
            if (last) {
                collection.becomesWhole();
            }
            settleIfDone(batch);
            return;
        }
        List<FrameOutput> told = toldWithTheEnd(batch);
        if (told != null) {
            collection.becomesWhole();
            told.forEach(frame -> wanted(batch, remote, frame));
            settleIfDone(batch);
        } else if (collection.beginsListing()) {
            list(batch, remote, last);
        }
    }

    private void list(OpenBatch batch, RemoteJob remote, boolean last) {
        farm.transport
                .frames(remote)
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    boolean again = batch.collection.endsListing();
                    if (outcome instanceof FramesOutcome.Throttled throttled) {
                        farm.slots.throttled(batch.node, throttled.retryAfter());
                    }
                    if (batch.isOpen() && !batch.collection.isWhole()) {
                        FramesOutcome known =
                                outcome != null ? outcome : new FramesOutcome.Unreachable(String.valueOf(bug));
                        known.match(listings(batch, remote, last, again));
                    }
                }));
    }

    private static @Nullable List<FrameOutput> toldWithTheEnd(OpenBatch batch) {
        return batch.watch.end() instanceof TrackingEnd.Ended ended
                ? ended.end().outputs()
                : null;
    }

    /**
     * What follows from asking a node for the frames of a batch.
     *
     * @param last whether the batch had ended when its node was asked
     * @param again whether more was finished meanwhile
     */
    private FramesOutcome.Cases listings(OpenBatch batch, RemoteJob remote, boolean last, boolean again) {
        return new FramesOutcome.Cases() {
            @Override
            public void onListed(FramesOutcome.Listed it) {
                batch.collection.listed();
                whole();
                it.frames().forEach(frame -> wanted(batch, remote, frame));
                goOn();
            }

            @Override
            public void onUnsupported(FramesOutcome.Unsupported it) {
                batch.collection.becomesUnlistable();
                whole();
                goOn();
            }

            private void whole() {
                if (last) {
                    batch.collection.becomesWhole();
                }
            }

            private void goOn() {
                if (again) {
                    collect(batch);
                }
                settleIfDone(batch);
            }

            @Override
            public void onLost(FramesOutcome.Lost it) {
                batchCloser.unknown(batch);
            }

            @Override
            public void onThrottled(FramesOutcome.Throttled it) {
                listLater(batch, retry.waitFor(it.retryAfter(), batch.collection.putOff()));
            }

            @Override
            public void onUnreachable(FramesOutcome.Unreachable it) {
                farm.health.missed(batch.node, it.cause());
                int misses = batch.collection.missed();
                if (misses >= MAX_LIST_MISSES) {
                    batchCloser.lost(batch, "Node " + batch.node + " did not list its frames: " + it.cause());
                } else if (batch.watch.end() != null) {
                    listLater(batch, retry.waitAfter(Math.min(misses, 4)));
                }
            }
        };
    }

    private void listLater(OpenBatch batch, Duration delay) {
        farm.loop.schedule(farm.config.cut(delay), () -> collect(batch));
    }

    private void wanted(OpenBatch batch, RemoteJob remote, FrameOutput frame) {
        boolean mine = batch.frames().contains(frame.frame());
        if (mine) {
            batch.job.weight.listed(frame);
        }
        Failure wrong = mine ? wrong(batch, frame) : null;
        if (wrong != null) {
            batch.collection.cannotFetch(wrong);
        } else if (mine && !batch.job.ledger.isSettled(frame.frame()) && batch.collection.fetches(frame.frame())) {
            fetcher.fetch(batch, remote, frame);
        }
    }

    /** A node may claim anything; what no picture of the request has is not even begun to be fetched. */
    private @Nullable Failure wrong(OpenBatch batch, FrameOutput frame) {
        long most = farm.config.maxFile();
        FrameExpectation expected =
                FrameExpectation.of(batch.job.ledger.request().settings(), most);
        for (OutputFile file : frame.files()) {
            String flaw = expected.flawOf(file, most);
            if (flaw != null) {
                return Failure.of(
                        FailureKind.FETCH_FAILED,
                        frame.frame(),
                        "Node " + batch.node + " says that " + file.name() + " " + flaw + ".");
            }
        }
        return null;
    }

    private void settleIfDone(OpenBatch batch) {
        boolean done = batch.watch.end() != null && batch.collection.isWhole() && !batch.collection.isFetching();
        if (batch.isOpen() && done) {
            batchCloser.collected(batch);
        }
    }
}
