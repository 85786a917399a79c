package io.renderfleet.core.engine.node;

import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node of the {@link NodeTable}. Belongs to the loop; what changes it stands in {@link NodeSlots} and {@link NodeHealth}, so that
 * they always know which nodes are free.
 */
public final class NodeEntry {
    final int number;
    final NodeGates gates;
    final NodeContact contact;
    final NodeFailures failures;
    private final NodeSpeed speed = new NodeSpeed();
    private final LoadedScenes loaded = new LoadedScenes();
    private Target target;
    private @Nullable NodeDescription description;
    private FarmNode.State state = FarmNode.State.UNKNOWN;
    private boolean drainAsked;
    private boolean left;
    private @Nullable String trouble;

    NodeEntry(int number, Target target, long nowNanos) {
        this.number = number;
        this.target = target;
        this.gates = new NodeGates(nowNanos);
        this.contact = new NodeContact(nowNanos);
        this.failures = new NodeFailures(nowNanos);
    }

    /**
     * Whom to send work to.
     *
     * @return the target
     */
    public Target target() {
        return target;
    }

    /** The same address, known by now to be a machine or a pool. */
    void retarget(Target now) {
        target = now;
    }

    /** What it reported of itself; null before it first answered. */
    @Nullable NodeDescription description() {
        return description;
    }

    void describe(NodeDescription now) {
        description = now;
    }

    void state(FarmNode.State now) {
        state = now;
    }

    /** Whether it gets no new work because it is not listed (any more). */
    boolean hasLeft() {
        return left;
    }

    void leave() {
        left = true;
        state = FarmNode.State.LEFT;
    }

    void comeBack() {
        left = false;
        drainAsked = false;
    }

    void askToDrain(boolean drain) {
        drainAsked = drain;
    }

    /** What is wrong with it, for people; null for nothing. */
    @Nullable String trouble() {
        return trouble;
    }

    void trouble(@Nullable String what) {
        trouble = what;
    }

    /**
     * Who it is.
     *
     * @return null before it first answered
     */
    public @Nullable NodeId id() {
        return description == null ? null : description.id();
    }

    /**
     * Returns whether the node's protocol can do something.
     *
     * @param capability what
     * @return false before it first answered
     */
    public boolean can(Capability capability) {
        return description != null && description.capabilities().contains(capability);
    }

    /**
     * Returns whether the node is known to lack something. One that has not answered yet, as after a restart of the coordinator, may have
     * it.
     *
     * @param capability what
     * @return true if it has listed what it can do, and this is not in the list
     */
    public boolean lacks(Capability capability) {
        return description != null && !can(capability);
    }

    /**
     * Returns whether the node has what is required.
     *
     * @param required labels and engine
     * @return true if nothing is missing or different
     */
    public boolean satisfies(Requirement required) {
        return required.isMetBy(description);
    }

    /**
     * Returns whether the node bears the labels that are required.
     *
     * @param required labels and engine
     * @return true if no label is missing or different
     */
    public boolean bearsLabelsOf(Requirement required) {
        return required.labelsAreOn(description);
    }

    /**
     * How much longer it is in quarantine.
     *
     * @param nowNanos the loop's time
     * @return nanoseconds; zero or less if it is not
     */
    public long quarantinedFor(long nowNanos) {
        return failures.untilOpen(nowNanos);
    }

    /**
     * How many batches it takes at once.
     *
     * @return 0 before it first answered
     */
    public int slots() {
        return target instanceof Target.Pool pool ? pool.capacity() : description == null ? 0 : description.slots();
    }

    /**
     * How much memory it has.
     *
     * @return bytes; 0 where unknown
     */
    public long memoryBytes() {
        return description == null ? 0 : description.memoryBytes();
    }

    /**
     * What can render there.
     *
     * @return empty before it first answered, and where it does not say
     */
    public List<EngineInfo> engines() {
        return description == null ? List.of() : description.engines();
    }

    /**
     * Returns whether it may be there within seconds: it has just been asked for the first time, or has just begun not to answer.
     *
     * @return false for one that never answered although it was asked, and for one that has been silent for long
     */
    public boolean isExpectedSoon() {
        return state == FarmNode.State.SUSPECT || (state == FarmNode.State.UNKNOWN && contact.missedCalls() == 0);
    }

    /**
     * How it stands.
     *
     * @return the state
     */
    public FarmNode.State state() {
        return state;
    }

    /**
     * Returns whether it is on trial after a quarantine: it gets one batch of one frame.
     *
     * @return true until that batch has ended
     */
    public boolean isOnTrial() {
        return failures.isOnTrial();
    }

    /**
     * How fast it is.
     *
     * @return what was measured
     */
    public NodeSpeed speed() {
        return speed;
    }

    /**
     * A batch of a scene goes to the node, whose slot is reserved by now.
     *
     * @param scene the scene
     * @param nowNanos the loop's time
     * @return whether the node has the scene loaded and need not load it
     */
    public boolean begins(Scene scene, long nowNanos) {
        return loaded.begins(scene, freeSlots(), nowNanos);
    }

    /**
     * A batch of a scene has ended well on the node; its slot is still reserved.
     *
     * @param scene the scene
     * @param nowNanos the loop's time
     */
    public void endsWell(Scene scene, long nowNanos) {
        if (!(target instanceof Target.Pool)) {
            loaded.ends(scene, freeSlots() + 1, nowNanos);
        }
    }

    private int freeSlots() {
        return slots() - gates.reserved();
    }

    /**
     * Returns whether the node has a scene loaded and renders nothing of it, as far as is known.
     *
     * @param scene the scene
     * @param nowNanos the loop's time
     * @return true if a batch of it could begin at once
     */
    public boolean hasLoaded(Scene scene, long nowNanos) {
        return loaded.has(scene, nowNanos);
    }

    /**
     * Returns which scenes the node has loaded and renders nothing of.
     *
     * @param nowNanos the loop's time
     * @return the scenes, the one that was rendered last first
     */
    public List<Scene> loadedScenes(long nowNanos) {
        return loaded.all(nowNanos);
    }

    /** It has been restarted. */
    void restarts() {
        loaded.clear();
    }

    /** Nothing that it failed is held against it any more. */
    void forgive(long nowNanos) {
        if (failures.forgive(nowNanos)) {
            trouble = null;
        }
    }

    void cancelTimers() {
        contact.probeBy(null);
        gates.wakeBy(null);
    }

    /** How it stands once it has answered. */
    FarmNode.State stateIfThere(long nowNanos) {
        boolean drainsByItself = description != null && description.draining();
        if (drainAsked || drainsByItself) {
            return FarmNode.State.DRAINING;
        }
        return failures.isQuarantined(nowNanos) ? FarmNode.State.QUARANTINED : FarmNode.State.UP;
    }

    FarmNode snapshot() {
        return new FarmNode(
                target.address(),
                description,
                state,
                gates.reserved(),
                contact.lastSeenAt(),
                failures.inRow(),
                speed.framesPerSecond(),
                trouble);
    }

    @Override
    public String toString() {
        return description == null
                ? target.address().toString()
                : description.id().value();
    }
}
