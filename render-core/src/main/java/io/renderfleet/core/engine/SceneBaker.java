package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.core.spi.RemoteJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has one node bake the simulations of a scene for all, where that is asked for or costs less than that each session steps through them.
 *
 * <p>The baked scene comes home like a frame, goes into the store of scenes, and from there to the nodes in place of the scene that was
 * sent. Whatever goes wrong with a bake costs time only: frames are rendered all the same, from the scene as it was sent. Belongs to the
 * loop.
 */
final class SceneBaker {
    private static final Logger log = LoggerFactory.getLogger(SceneBaker.class);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final int MAX_FETCHES = 4;
    private static final String PACKAGE = "baked-scene.zip";

    private static final String IMPOSSIBLE =
            "No node bakes for the others: for that the scene must be sent to the nodes, and the farm must"
                    + " have a store of scenes. Each session steps through simulations that are not baked instead.";

    /** What a session takes to open the baked scene, and the farm to save and send it, beside the simulation itself. */
    private static final double SECONDS_TO_OPEN = 2;

    private static final double SECONDS_TO_SEND = 5;

    private final Farm farm;
    private final BatchCloser batchCloser;
    private final RetryDecision retry;

    SceneBaker(Farm farm, BatchCloser batchCloser, RetryDecision retry) {
        this.farm = farm;
        this.batchCloser = batchCloser;
        this.retry = retry;
    }

    /** Plans for a job that is submitted, or taken up again. */
    void admit(ActiveJob job) {
        BakePlan plan = job.bake;
        BakedScene baked = job.ledger.baked();
        boolean possible = farm.scenes != null
                && job.scene() instanceof Scene.Local local
                && local.sha256() != null
                && !job.ledger.hasEnded();
        Simulation asked = job.ledger.request().scenePolicy().simulation();
        if (!possible) {
            plan.waive();
            if (asked == Simulation.BAKE && !job.ledger.hasEnded()) {
                warn(job, IMPOSSIBLE);
            }
        } else if (baked != null) {
            plan.lookFor();
            keep(job, baked, lost -> {
                job.inLog(() -> log.warn("job {}: the baked scene is not in the store any more: {}", job, lost));
                plan.lost();
            });
        } else if (plan.isBeingBaked() || (asked == Simulation.BAKE && job.ledger.done() == 0)) {
            plan.order();
            waiveIfNobodyBakes(job);
        } else if (asked == Simulation.AUTO) {
            plan.leaveOpen();
        } else {
            plan.waive();
        }
        farm.queue.update(job);
    }

    /** What a batch does about simulations: only the one that bakes for all is asked to bake. */
    static ScenePolicy policyOf(OpenBatch batch) {
        ScenePolicy asked = batch.job.ledger.request().scenePolicy();
        if (batch.record.scene() == SceneUse.TO_BAKE) {
            return asked.withSimulation(Simulation.BAKE);
        }
        return asked.simulation() == Simulation.BAKE ? asked.withSimulation(Simulation.RUN_UP) : asked;
    }

    /** The scene that a batch is rendered from. */
    static Scene sceneOf(OpenBatch batch) {
        BakedScene baked = batch.job.ledger.baked();
        ContentLease lease = batch.job.bake.lease();
        if (batch.record.scene() != SceneUse.BAKED || baked == null) {
            return batch.job.scene();
        }
        return new Scene.Local(lease == null ? Path.of(PACKAGE) : lease.path(), baked.entry(), baked.sha256());
    }

    /** A node has reported the progress of a batch, or its end. */
    void reported(OpenBatch batch, @Nullable SceneReport report) {
        ActiveJob job = batch.job;
        if (report != null) {
            tell(job, report);
            if (report.simulation() != null) {
                job.firstLook.keepOrder();
            }
        }
        BakePlan plan = job.bake;
        BakedScene baked = report == null ? null : report.baked();
        UnbakedSimulation simulation = report == null ? null : report.simulation();
        if (baked != null && job.ledger.baked() == null) {
            if (plan.isOrdered() || plan.isOpen()) {
                fetch(batch, baked, 1);
            }
        } else if (plan.isOrdered() && batch.record.scene() == SceneUse.TO_BAKE) {
            boolean needless = report != null && simulation == null;
            // A node that bakes reports the baked scene before it is done with its first frame.
            boolean without = batch.watch.end() != null
                    || !batch.watch.progress().finished().isEmpty();
            if (needless || without) {
                waive(job, needless ? "nothing of it needs to be baked" : batch.node + " did not bake it");
            }
        } else if (plan.isOpen() && report != null) {
            if (simulation == null) {
                plan.waive();
            } else if (bakingCostsLess(job, simulation)) {
                orderInPlaceOf(job, simulation);
            }
        }
    }

    private void tell(ActiveJob job, SceneReport report) {
        if (report.frameRate() != null && job.ledger.frameRate() == null) {
            farm.record(job, new JobTransition.SceneReported(farm.now(), job.ledger.job(), report.frameRate(), null));
        }
    }

    /**
     * Compares what it costs, in seconds of nodes, that each session steps through the simulation, with what it costs to bake it once and
     * to open the baked scene everywhere. A session that stays warm steps through each frame once.
     */
    private boolean bakingCostsLess(ActiveJob job, UnbakedSimulation simulation) {
        Double perFrame = simulation.secondsPerFrame();
        if (perFrame == null) {
            return false;
        }
        int slots = 0;
        boolean someoneBakes = false;
        for (NodeEntry node : farm.nodes.all()) {
            if (isThere(job, node)) {
                slots += node.slots();
                someoneBakes |= node.can(Capability.BAKE);
            }
        }
        double frames = (double) simulation.last() - simulation.first() + 1;
        int sessions = Math.min(
                slots, job.ledger.openBatches().size() + job.ledger.waiting().size());
        double steps = frames * perFrame;
        return someoneBakes && sessions * steps > steps + sessions * SECONDS_TO_OPEN + SECONDS_TO_SEND;
    }

    /** Has one node bake; batches that have no frame yet, and would only step as well, are taken back. */
    private void orderInPlaceOf(ActiveJob job, UnbakedSimulation simulation) {
        job.inLog(() -> log.info(
                "job {}: a node bakes the simulation of frames {} to {}: {} s a frame are too much for each session",
                job,
                simulation.first(),
                simulation.last(),
                simulation.secondsPerFrame()));
        job.bake.order();
        for (OpenBatch batch : List.copyOf(job.openBatches())) {
            boolean begun = batch.watch.hasBegun() || batch.watch.end() != null;
            if (!begun && batch.handover.remote() != null) {
                batchCloser.end(batch, BatchOutcome.CANCELLED, null);
            }
        }
        waiveIfNobodyBakes(job);
        farm.queue.update(job);
    }

    private boolean isThere(ActiveJob job, NodeEntry node) {
        return node.state() == FarmNode.State.UP && node.satisfies(job.requirement) && !job.nodes.isRefusedBy(node);
    }

    /** Looks from time to time whether somebody can bake who can be had, as long as that is wanted. */
    private void waiveIfNobodyBakes(ActiveJob job) {
        if (!job.bake.isOrdered() || job.ledger.hasEnded() || farm.hasStoodDown()) {
            return;
        }
        boolean someone = false;
        boolean others = false;
        for (NodeEntry node : farm.nodes.all()) {
            boolean there = isThere(job, node);
            boolean bakes = node.can(Capability.BAKE);
            someone |= (there && bakes) || (node.isExpectedSoon() && !node.lacks(Capability.BAKE));
            others |= there && !bakes;
        }
        if (job.bake.wantsBaker() && others && !someone) {
            waive(job, "no node can bake");
            warn(job, "No node that can be had bakes simulations: each session steps through them instead.");
            return;
        }
        farm.loop.schedule(LOOK_AGAIN, () -> waiveIfNobodyBakes(job));
    }

    private void waive(ActiveJob job, String why) {
        job.inLog(() -> log.info("job {}: its scene is rendered as it was sent: {}", job, why));
        job.bake.waive();
        changed(job);
    }

    private void warn(ActiveJob job, String message) {
        farm.warn(job, List.of(RenderWarning.of("simulation", message)));
    }

    private void changed(ActiveJob job) {
        farm.queue.update(job);
        farm.slots.offer();
    }

    private void fetch(OpenBatch batch, BakedScene baked, int call) {
        ContentStore scenes = farm.scenes;
        RemoteJob remote = batch.handover.remote();
        ActiveJob job = batch.job;
        if (job.ledger.hasEnded() || farm.hasStoodDown() || scenes == null || remote == null) {
            return;
        }
        job.bake.fetch();
        farm.queue.update(job);
        if (baked.bytes() > scenes.limit()) {
            giveUp(
                    job,
                    "The baked scene has " + baked.bytes() + " bytes, and the farm's store of scenes takes "
                            + scenes.limit() + ".");
            return;
        }
        OutputFile file = new OutputFile(PACKAGE, baked.bytes(), baked.sha256(), false);
        farm.blocking(
                () -> farm.outputs.stage(job.ledger.job(), batch.attempt(), file),
                staged -> farm.transport
                        .fetchBaked(remote, baked, staged)
                        .whenComplete((outcome, bug) -> farm.loop.execute(() -> fetched(
                                batch,
                                baked,
                                call,
                                staged,
                                outcome != null ? outcome : new FetchOutcome.Unreachable(String.valueOf(bug))))),
                problem -> again(batch, baked, call, retry.waitAfter(call), problem.toString()));
    }

    private void fetched(OpenBatch batch, BakedScene baked, int call, Path staged, FetchOutcome outcome) {
        outcome.match(new FetchOutcome.Cases() {
            @Override
            public void onFetched(FetchOutcome.Fetched it) {
                store(batch, baked, staged);
            }

            @Override
            public void onDamaged(FetchOutcome.Damaged it) {
                again(batch, baked, call, retry.waitAfter(call), it.cause());
            }

            @Override
            public void onFlawed(FetchOutcome.Flawed it) {
                again(batch, baked, MAX_FETCHES, Duration.ZERO, it.cause());
            }

            @Override
            public void onLost(FetchOutcome.Lost it) {
                again(batch, baked, MAX_FETCHES, Duration.ZERO, "the node has no such file any more");
            }

            @Override
            public void onThrottled(FetchOutcome.Throttled it) {
                farm.slots.throttled(batch.node, it.retryAfter());
                Duration wait = farm.config.cut(retry.waitFor(it.retryAfter(), call));
                farm.loop.schedule(wait, () -> fetch(batch, baked, call));
            }

            @Override
            public void onLocalFailure(FetchOutcome.LocalFailure it) {
                again(batch, baked, call, retry.waitAfter(call), it.cause());
            }

            @Override
            public void onUnreachable(FetchOutcome.Unreachable it) {
                again(batch, baked, call, retry.waitAfter(call), it.cause());
            }
        });
    }

    private void again(OpenBatch batch, BakedScene baked, int call, Duration wait, String cause) {
        ActiveJob job = batch.job;
        job.inLog(() -> log.warn("job {}: the baked scene could not be fetched: {}", job, cause));
        if (call < MAX_FETCHES) {
            farm.loop.schedule(wait, () -> fetch(batch, baked, call + 1));
        } else {
            giveUp(job, "The baked scene could not be fetched from the node that made it.");
        }
    }

    /** Each session steps then, as it does where nobody bakes. */
    private void giveUp(ActiveJob job, String message) {
        waive(job, message);
        warn(job, message + " Each session steps through the simulation instead.");
    }

    private void store(OpenBatch batch, BakedScene baked, Path staged) {
        ActiveJob job = batch.job;
        ContentStore scenes = farm.scenes;
        if (scenes == null) {
            return;
        }
        farm.blocking(
                () -> put(scenes, baked, staged),
                refusal -> {
                    if (refusal.isPresent()) {
                        giveUp(job, "The baked scene cannot be stored: " + refusal.get() + ".");
                    } else if (!job.ledger.hasEnded()) {
                        keep(job, baked, lost -> giveUp(job, "The baked scene cannot be stored: " + lost + "."));
                    }
                },
                problem -> again(batch, baked, MAX_FETCHES, Duration.ZERO, problem.toString()));
    }

    private static Optional<String> put(ContentStore scenes, BakedScene baked, Path staged) throws IOException {
        try {
            PutOutcome outcome = scenes.put(baked.sha256(), staged);
            boolean here = outcome instanceof PutOutcome.Stored || outcome instanceof PutOutcome.AlreadyThere;
            return here ? Optional.empty() : Optional.of(outcome.toString());
        } finally {
            Files.deleteIfExists(staged);
        }
    }

    /** Keeps the baked scene in the store as long as the job lasts, and has batches rendered from it. */
    private void keep(ActiveJob job, BakedScene baked, Consumer<String> lost) {
        ContentStore scenes = farm.scenes;
        if (scenes == null) {
            return;
        }
        farm.blocking(
                () -> scenes.lease(baked.sha256()),
                lease -> {
                    if (lease.isEmpty()) {
                        lost.accept("it was given up for others");
                    } else if (job.ledger.hasEnded() || farm.hasStoodDown()) {
                        lease.get().close();
                    } else {
                        kept(job, baked, lease.get());
                    }
                    changed(job);
                },
                problem -> {
                    lost.accept(problem.toString());
                    changed(job);
                });
    }

    private void kept(ActiveJob job, BakedScene baked, ContentLease lease) {
        job.bake.done(lease);
        if (job.ledger.baked() == null) {
            job.inLog(() -> log.info("job {}: its simulations are baked, {} bytes", job, baked.bytes()));
            farm.record(job, new JobTransition.SceneReported(farm.now(), job.ledger.job(), null, baked));
        }
    }
}
