package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.Assignment;
import org.jspecify.annotations.Nullable;

/** What nodes need to know of the world. */
interface FarmPhysics {
    EventQueue events();

    long nanos();

    Trace trace();

    FaultDice dice();

    /** In seconds at speed 1. */
    double costOf(int frame);

    long memoryOf(int frame);

    /** How large its file is. */
    long bytesOf(int frame);

    /** How a frame fails on such a node; null if it does not. */
    @Nullable Failure troubleWith(int frame, NodeSpec node);

    /** What of a scene is not baked; null where all is. */
    @Nullable UnbakedSimulation unbaked(Scene scene);

    /** Bakes a scene: gives the content of what comes of it. */
    Sha256 baked(Scene scene, String by);

    double progressNoise();

    RemoteRun.Plan plan(Assignment assignment, NodeSpec node);

    Sha256 digest(Scene.Local scene);

    /** A slot has to load the scene of a batch. */
    void loaded();

    /** Counts work, in seconds at speed 1. */
    void rendered(double seconds, int frame, boolean whole);
}
