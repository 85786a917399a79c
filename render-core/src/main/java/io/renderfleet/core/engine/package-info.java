/**
 * The engine that renders frames on many machines. {@link io.renderfleet.core.engine.Engine} is the door to it; what happens behind it,
 * with the classes to read in this order:
 *
 * <pre>
 * RenderExecutor.submit(RenderRequest)
 *   → Submissions       the scene has a digest, the frames have a folder
 *   → JobLifecycle      the job is durable before the caller gets its handle
 *   → BatchQueue        which job is served next: priority, then the job that holds fewer slots
 *   → Dispatcher        a free slot pulls; the BatchSplitter cuts a batch for it
 *   → Journal           the intent (attempt, node, key) is durable before anything is sent
 *   → RenderTransport   hands the batch over: accepted, busy, rejected, out of reach
 *   → BatchFollower     follows it through the JobTracker, which polls
 *   → Collector         lists, fetches and publishes finished frames; only then are they accepted
 *   → BatchOutcomes     what follows from the end of a batch: done, tried again, given up
 *   → BatchLedger       the books of the job, changed by transitions only
 *   → RenderHandle      progress and completion, away from the engine's thread
 * </pre>
 *
 * <p>One loop owns all mutable state; everything here belongs to it unless it says otherwise. The package is not exported, and only
 * the root package uses it.
 */
@NullMarked
package io.renderfleet.core.engine;

import org.jspecify.annotations.NullMarked;
