package io.renderfleet.core.event;

import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.NodeId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/**
 * Something that listeners want to know and that no store needs to keep: the progress of batches, and what happens to nodes.
 *
 * <p>Callers that switch over notices keep a default branch, so that kinds can be added.
 */
public sealed interface FarmNotice extends RenderEvent {

    /**
     * A running batch has come further.
     *
     * @param at when it happened
     * @param job the job
     * @param batch the batch
     * @param progress how far
     */
    record BatchProgressed(Instant at, JobId job, BatchId batch, BatchProgress progress) implements FarmNotice {}

    /**
     * A node answers and takes work.
     *
     * @param at when it happened
     * @param node the node
     * @param address where it is
     */
    record NodeUp(Instant at, NodeId node, URI address) implements FarmNotice {}

    /**
     * A node has another boot id than before.
     *
     * @param at when it happened
     * @param node the node
     * @param bootId the new one
     */
    record NodeRestarted(Instant at, NodeId node, String bootId) implements FarmNotice {}

    /**
     * A node did not answer; it gets no new work until it does.
     *
     * @param at when it happened
     * @param node the node
     * @param cause what went wrong
     */
    record NodeSuspected(Instant at, NodeId node, String cause) implements FarmNotice {}

    /**
     * A node has not answered for so long that its batches are given to others.
     *
     * @param at when it happened
     * @param node the node
     * @param cause what went wrong
     */
    record NodeLost(Instant at, NodeId node, String cause) implements FarmNotice {}

    /**
     * A node takes no more work.
     *
     * @param at when it happened
     * @param node the node
     */
    record NodeDraining(Instant at, NodeId node) implements FarmNotice {}

    /**
     * A node failed too often in a row and is left alone for a while.
     *
     * @param at when it happened
     * @param node the node
     * @param until for how long
     * @param cause the last failure
     */
    record NodeQuarantined(Instant at, NodeId node, Duration until, String cause) implements FarmNotice {}

    /**
     * A node was taken off the list.
     *
     * @param at when it happened
     * @param node the node
     */
    record NodeLeft(Instant at, NodeId node) implements FarmNotice {}

    /**
     * The store cannot be written; no job is accepted until it can.
     *
     * @param at when it happened
     * @param cause what went wrong
     */
    record StoreFailed(Instant at, String cause) implements FarmNotice {}

    /**
     * The store can be written again.
     *
     * @param at when it happened
     */
    record StoreRecovered(Instant at) implements FarmNotice {}

    /**
     * A newer coordinator exists; this one sends nothing any more.
     *
     * @param at when it happened
     */
    record StoodDown(Instant at) implements FarmNotice {}
}
