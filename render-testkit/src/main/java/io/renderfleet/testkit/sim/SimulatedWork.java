package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.UnbakedSimulation;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The work of rendering a batch on one server: how long each frame takes there, and what its pictures look like.
 *
 * @param physics the world
 * @param spec what renders
 * @param random where its noise comes from
 * @param hand makes its pictures differ from those of other servers
 * @param executedBy the node that renders, where that is not the one that was asked, as behind a pool
 */
record SimulatedWork(
        FarmPhysics physics,
        NodeSpec spec,
        SplittableRandom random,
        String hand,
        @Nullable NodeId executedBy) implements RemoteRun.SimWork {

    @Override
    public EventQueue events() {
        return physics.events();
    }

    @Override
    public long nanos() {
        return physics.nanos();
    }

    @Override
    public double secondsFor(int frame) {
        return physics.costOf(frame) / spec.speed();
    }

    @Override
    public @Nullable Failure troubleWith(int frame) {
        if (physics.memoryOf(frame) > spec.memoryBytes()) {
            return Failure.of(FailureKind.OUT_OF_MEMORY, frame, "Frame " + frame + " needs more memory.");
        }
        return physics.troubleWith(frame, spec);
    }

    @Override
    public @Nullable UnbakedSimulation unbaked(Scene scene) {
        return physics.unbaked(scene);
    }

    @Override
    public @Nullable BakedScene bake(Scene scene) {
        return spec.capabilities().contains(Capability.BAKE)
                ? new BakedScene(physics.baked(scene, hand), 1_000_000, "baked.blend", spec.engine())
                : null;
    }

    @Override
    public Sha256 picture(int frame) {
        return Pictures.of(hand, frame);
    }

    @Override
    public long bytesOf(int frame) {
        return physics.bytesOf(frame);
    }

    @Override
    public double noise() {
        return physics.progressNoise() == 0 ? 0 : physics.progressNoise() * random.nextGaussian();
    }

    @Override
    public int tells() {
        return spec.tells();
    }

    @Override
    public void rendered(double seconds, int frame, boolean whole) {
        physics.rendered(seconds * spec.speed(), frame, whole);
    }
}
