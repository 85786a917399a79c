package io.renderfleet.transport.queue.worker;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.wire.WorkMessage;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch that a worker has. Belongs to the worker's loop. */
final class Held {
    private final String key;
    private final AttemptId attempt;
    private final WorkMessage.@Nullable Work work;
    private final long sinceNanos;

    /** Frames whose files are where the coordinator finds them. */
    private final Set<Integer> delivered = new HashSet<>();

    /** Frames whose files are on their way, or will be tried again. */
    private final Set<Integer> underWay = new HashSet<>();

    private Broker.@Nullable Delivery delivery;
    private Stage stage = Stage.CLAIMED;
    private @Nullable String job;
    private int undeliverable;

    /** How far it is. */
    enum Stage {
        /** It was taken from the queue, and the coordinator has not said yet that it is to be rendered. */
        CLAIMED,
        /** It is to be rendered; its scene is fetched. */
        PREPARED,
        /** The node has it. */
        RENDERED,
        /** It has ended, all of it is delivered, and the coordinator has not said yet that it knows. */
        ENDED
    }

    private Held(String key, AttemptId attempt, WorkMessage.@Nullable Work work, long nowNanos) {
        this.key = key;
        this.attempt = attempt;
        this.work = work;
        this.sinceNanos = nowNanos;
    }

    /** One that was taken from the queue. */
    static Held taken(WorkMessage.Work work, Broker.Delivery delivery, long nowNanos) {
        Held one = new Held(work.key(), work.attempt(), work, nowNanos);
        one.delivery = delivery;
        return one;
    }

    /** One of which the node knows, and the worker does not any more. */
    static Held ofNode(String key, AttemptId attempt, String job, long nowNanos) {
        Held one = new Held(key, attempt, null, nowNanos);
        one.job(job);
        return one;
    }

    /** What is to be rendered; null for one of which only the node knows. */
    WorkMessage.@Nullable Work work() {
        return work;
    }

    String key() {
        return key;
    }

    String farm() {
        return attempt.farm();
    }

    long sinceNanos() {
        return sinceNanos;
    }

    Stage stage() {
        return stage;
    }

    boolean is(Stage which) {
        return stage == which;
    }

    void at(Stage now) {
        stage = now;
    }

    /** What the node calls it; null before the node has it. */
    @Nullable String job() {
        return job;
    }

    void job(String id) {
        job = id;
        stage = Stage.RENDERED;
    }

    /** The message is done with: the batch is known to the coordinator. */
    void acknowledge() {
        if (delivery != null) {
            delivery.acknowledge();
            delivery = null;
        }
    }

    /** Somebody else should have it. */
    void giveBack() {
        if (delivery != null) {
            delivery.giveBack();
            delivery = null;
        }
    }

    /** True if nobody delivers the frame yet. */
    boolean beginsDelivery(int frame) {
        return !delivered.contains(frame) && underWay.add(frame);
    }

    void delivered(int frame) {
        underWay.remove(frame);
        delivered.add(frame);
    }

    /** A frame whose files are not what the node has verified any more. */
    void undeliverable(int frame) {
        underWay.remove(frame);
        underWay.add(frame);
        undeliverable++;
    }

    boolean isDelivered(int frame) {
        return delivered.contains(frame);
    }

    /** Whether no frame is on its way any more. */
    boolean isAllDelivered() {
        return underWay.size() == undeliverable;
    }
}
