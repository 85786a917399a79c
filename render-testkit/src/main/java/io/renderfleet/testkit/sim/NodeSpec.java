package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.EngineInfo;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What a simulated node is like.
 *
 * @param speed how fast it renders, 1 for a node that takes for a frame what the frame costs; positive
 * @param startUp what it takes before the first frame of a scene that it did not render last, whatever its speed
 * @param slots how many batches it takes at once, at least 1; each is rendered at the full speed
 * @param labels what requests can require
 * @param memoryBytes its memory
 * @param capabilities what its protocol can do
 * @param tells up to how many frames the end of a batch lists with their files. The engine must ask for the list where a batch has more,
 *     and always where this is 0
 * @param engine what renders there
 */
public record NodeSpec(
        double speed,
        Duration startUp,
        int slots,
        Map<String, String> labels,
        long memoryBytes,
        Set<Capability> capabilities,
        int tells,
        EngineInfo engine) {

    /** A node of speed 1 with one slot, no start-up cost, 16 GiB, and everything that the protocol has but baking. */
    public static final NodeSpec USUAL = new NodeSpec(
            1,
            Duration.ZERO,
            1,
            Map.of(),
            16L << 30,
            EnumSet.complementOf(EnumSet.of(Capability.BAKE)),
            100,
            new EngineInfo("sim", "1"));

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming what is out of range
     */
    public NodeSpec {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("speed is " + speed + ": it must be positive");
        }
        if (slots < 1) {
            throw new IllegalArgumentException("slots is " + slots + ": it must be 1 or more");
        }
        if (tells < 0) {
            throw new IllegalArgumentException("tells is " + tells + ": it must be 0 or more");
        }
        labels = Map.copyOf(labels);
        capabilities = Set.copyOf(capabilities);
    }

    /**
     * Makes a usual node of another speed.
     *
     * @param speed how fast
     * @return the node
     */
    public static NodeSpec ofSpeed(double speed) {
        return USUAL.speed(speed);
    }

    /**
     * Sets the speed.
     *
     * @param value positive
     * @return a changed copy
     */
    public NodeSpec speed(double value) {
        return new NodeSpec(value, startUp, slots, labels, memoryBytes, capabilities, tells, engine);
    }

    /**
     * Sets the start-up cost.
     *
     * @param value what a cold start takes
     * @return a changed copy
     */
    public NodeSpec startUp(Duration value) {
        return new NodeSpec(speed, value, slots, labels, memoryBytes, capabilities, tells, engine);
    }

    /**
     * Sets how many batches it takes at once.
     *
     * @param value at least 1
     * @return a changed copy
     */
    public NodeSpec slots(int value) {
        return new NodeSpec(speed, startUp, value, labels, memoryBytes, capabilities, tells, engine);
    }

    /**
     * Sets what requests can require.
     *
     * @param value names and values
     * @return a changed copy
     */
    public NodeSpec labels(Map<String, String> value) {
        return new NodeSpec(speed, startUp, slots, value, memoryBytes, capabilities, tells, engine);
    }

    /**
     * Sets its memory.
     *
     * @param value bytes
     * @return a changed copy
     */
    public NodeSpec memoryBytes(long value) {
        return new NodeSpec(speed, startUp, slots, labels, value, capabilities, tells, engine);
    }

    /**
     * Sets what its protocol can do.
     *
     * @param value none for the simplest node there can be
     * @return a changed copy
     */
    public NodeSpec capabilities(Set<Capability> value) {
        return new NodeSpec(speed, startUp, slots, labels, memoryBytes, value, tells, engine);
    }

    /**
     * Sets up to how many frames the end of a batch lists with their files.
     *
     * @param value 0 for a node that never does
     * @return a changed copy
     */
    public NodeSpec tells(int value) {
        return new NodeSpec(speed, startUp, slots, labels, memoryBytes, capabilities, value, engine);
    }

    /**
     * Sets what renders there.
     *
     * @param value name and version
     * @return a changed copy
     */
    public NodeSpec engine(EngineInfo value) {
        return new NodeSpec(speed, startUp, slots, labels, memoryBytes, capabilities, tells, value);
    }
}
