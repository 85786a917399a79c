package io.renderfleet.core.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An inbox and a timer queue that one thread at a time works off, step by step.
 *
 * <p>All state of the engine belongs to one loop and is touched by its tasks only, so that state needs no locks. Who steps the loop
 * is somebody else's concern: {@link LoopRunner} in a running farm, the simulator or a test otherwise. With the same tasks, the same
 * timers and the same time source, two loops do the same in the same order.
 *
 * <p>{@link #execute} is thread-safe. {@link #schedule} and {@link #step} are for the thread that steps.
 */
public final class Loop implements Executor {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final int FEW_TIMERS = 1_024;

    private final TimeSource time;
    private final Consumer<RuntimeException> failures;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<LoopTimer> timers = new PriorityQueue<>();
    private final AtomicBoolean wakeUpAsked = new AtomicBoolean();
    private volatile Runnable wakeUp = () -> {};
    private volatile @Nullable Thread stepping;
    private volatile boolean driven;
    private long timersMade;

    /** How many of the timers are cancelled and lie there until they are due, or until they are too many. */
    private int cancelledTimers;

    /**
     * Makes an empty loop.
     *
     * @param time where its time comes from
     */
    public Loop(TimeSource time) {
        this(time, problem -> {});
    }

    /**
     * Makes an empty loop that reports tasks that failed, which is always a bug.
     *
     * @param time where its time comes from
     * @param failures hears of each, after it was logged, on the thread that steps
     */
    public Loop(TimeSource time, Consumer<RuntimeException> failures) {
        this.time = time;
        this.failures = failures;
    }

    /**
     * Returns the loop's time.
     *
     * @return the source it was made with
     */
    public TimeSource time() {
        return time;
    }

    /** Puts a task into the inbox; tasks run in the order in which they came. */
    @Override
    public void execute(Runnable task) {
        inbox.add(Objects.requireNonNull(task));
        if (wakeUpAsked.compareAndSet(false, true)) {
            wakeUp.run();
        }
    }

    /**
     * Runs a task after a delay. Loop thread only.
     *
     * @param delay from now; zero or negative means in the next step
     * @param task what to run
     * @return a handle to cancel it
     */
    public LoopTimer schedule(Duration delay, Runnable task) {
        LoopTimer timer = new LoopTimer(time.nanos() + Math.max(0, delay.toNanos()), timersMade++, this, task);
        timers.add(timer);
        return timer;
    }

    /**
     * Runs what is in the inbox and every timer that is due, including what those add to the inbox.
     *
     * @return how many tasks ran
     */
    public int step() {
        Thread before = stepping;
        stepping = Thread.currentThread();
        try {
            wakeUpAsked.set(false);
            int ran = runInbox();
            for (LoopTimer timer = timers.peek(); timer != null && timer.isDue(time.nanos()); timer = timers.peek()) {
                Runnable task = removeFirstTimer().take();
                ran += task == null ? 0 : run(task);
                ran += runInbox();
            }
            return ran;
        } finally {
            stepping = before;
        }
    }

    /**
     * Returns when the next timer is due.
     *
     * @return the span from now, zero if overdue; null if there is none
     */
    public @Nullable Duration untilNextTimer() {
        LoopTimer timer = timers.peek();
        while (timer != null && timer.isCancelled()) {
            removeFirstTimer();
            timer = timers.peek();
        }
        return timer == null ? null : Duration.ofNanos(Math.max(0, timer.dueNanos() - time.nanos()));
    }

    private LoopTimer removeFirstTimer() {
        LoopTimer timer = timers.remove();
        cancelledTimers -= timer.isCancelled() ? 1 : 0;
        return timer;
    }

    /**
     * A timer that waits was cancelled. Deadlines are hours away and nearly all are cancelled: were they kept until then, a farm would
     * hold those of every batch of a day. So the cancelled ones go as soon as they are the greater part.
     */
    void timerCancelled() {
        cancelledTimers++;
        if (cancelledTimers > FEW_TIMERS && cancelledTimers > timers.size() / 2) {
            timers.removeIf(LoopTimer::isCancelled);
            cancelledTimers = 0;
        }
    }

    /**
     * Returns whether the inbox is empty.
     *
     * @return true if no task waits
     */
    public boolean isIdle() {
        return inbox.isEmpty();
    }

    /**
     * Returns whether its thread may sleep now. If so, the next task wakes it up, also where an earlier one has done so in vain: a lock or
     * a queue that a task waits for takes the wake-up for its own.
     */
    boolean mayRest() {
        wakeUpAsked.set(false);
        return inbox.isEmpty();
    }

    /**
     * Reads or changes the loop's state from outside and waits for the answer. On the loop's own thread, and on a loop that nobody
     * drives by a thread of its own, the task runs at once.
     *
     * @param task what to run
     * @param <T> what it gives
     * @return what it gave
     */
    public <T> T call(Supplier<T> task) {
        if (!driven || stepping == Thread.currentThread()) {
            return task.get();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable toRun = () -> complete(result, task);
        execute(toRun);
        if (!driven && inbox.remove(toRun)) {
            // The driver has gone meanwhile, perhaps without having seen it.
            toRun.run();
        }
        return result.join();
    }

    /**
     * Runs a task on the loop.
     *
     * @param task what to run
     * @param <T> what it gives
     * @return completed, on the loop, with what it gave or threw
     */
    public <T> CompletableFuture<T> submit(Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> complete(result, task));
        return result;
    }

    private static <T> void complete(CompletableFuture<T> result, Supplier<T> task) {
        try {
            result.complete(task.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    void driveBy(Runnable newWakeUp) {
        driven = true;
        wakeUp = newWakeUp;
    }

    void undriven() {
        driven = false;
        wakeUp = () -> {};
    }

    private int runInbox() {
        int ran = 0;
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            ran += run(task);
        }
        return ran;
    }

    private int run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("a task of the loop failed; the loop goes on", e);
            failures.accept(e);
        } catch (Error e) {
            // Without the loop nobody would ever hear of anything again.
            log.error("a task of the loop failed badly; the loop goes on", e);
            failures.accept(new IllegalStateException(e));
        }
        return 1;
    }
}
