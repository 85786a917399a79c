/**
 * The engine that renders frames on many machines; {@link io.renderfleet.core.RenderExecutor} is the way in.
 *
 * <p>An application builds a {@code RenderExecutor}, submits a {@link io.renderfleet.core.model.RenderRequest}, gets a {@link
 * io.renderfleet.core.RenderHandle}, and from that a {@link io.renderfleet.core.model.RenderResult}; what it can replace is in {@link
 * io.renderfleet.core.spi}. What happens in between, with the classes to read in this order:
 *
 * <pre>
 * RenderExecutor.submit(RenderRequest)
 *   → JobStore          the job is durable before the caller gets its handle
 *   → BatchQueue        which job is served next: priority, then whoever holds fewer slots
 *   → Dispatcher        a free slot pulls; the BatchSplitter cuts a batch for it
 *   → JobStore          the intent (attempt, node, key) is durable before anything is sent
 *   → RenderTransport   hands the batch over: accepted, busy, rejected, out of reach
 *   → BatchFollower     follows it through the JobTracker, which polls
 *   → Collector         lists, fetches and publishes finished frames; only then are they accepted
 *   → Settlement        what follows from the end of a batch: done, tried again, given up
 *   → BatchLedger       the books of the job, changed by transitions only
 *   → RenderHandle      progress and completion, away from the engine's thread
 * </pre>
 *
 * <p>One loop owns all mutable state; everything package-private here belongs to it unless it says otherwise. This is the top layer of
 * the module: it may use every package below it, and none of them may use it.
 */
@NullMarked
package io.renderfleet.core;

import org.jspecify.annotations.NullMarked;
