/**
 * The engine that renders frames on many machines. {@link io.renderfleet.core.engine.Engine} is the door to it; what happens behind it,
 * with the classes to read in this order:
 *
 * <pre>
 * RenderExecutor.submit(RenderRequest)
 *   → Submissions       the scene has a digest, the frames have a folder
 *   → JobLifecycle      the job is durable before the caller gets its handle
 *   → BatchQueue        which job is served next: priority, then the owner and the job that have had less work
 *   → WarmChoice        whether the node goes on with the scene that it has loaded instead
 *   → Dispatcher        a free slot pulls; the BatchSplitter cuts a batch for it
 *   → Journal           the intent (attempt, node, key) is durable before anything is sent
 *   → RenderTransport   hands the batch over: accepted, busy, rejected, out of reach
 *   → BatchFollower     follows it through the JobTracker, which polls
 *   → Collector         lists the frames that the node has finished
 *   → FrameFetcher      fetches and publishes them; only then are they accepted
 *   → BatchCloser       what follows from the end of a batch: done, tried again, given up
 *   → JobCloser         the end of the job is durable, then its RenderHandle completes, on the application's callback thread
 * </pre>
 *
 * <p>Each of these steps changes the {@code BatchLedger}, the books of the job, through {@code Farm.record}: the books change at once, and
 * the {@code Journal} runs what depends on the change once the store has it. Nothing is sent before the intent is durable, and nobody
 * outside hears of a job, a frame or an end before it is. {@code Farm} is what all parts share, {@code Reactions} what one does about
 * what another reports, {@code JobLifecycle} makes them all.
 *
 * <p>One loop owns all mutable state; everything here belongs to it unless it says otherwise. The package is not exported, and only
 * the root package uses it.
 */
@NullMarked
package io.renderfleet.core.engine;

import org.jspecify.annotations.NullMarked;
