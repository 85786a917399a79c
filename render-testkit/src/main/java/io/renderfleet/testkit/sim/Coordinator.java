package io.renderfleet.testkit.sim;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.loop.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One process that coordinates: a real executor, stepped here. Everything that reaches it comes through {@link #deliver}, and everything
 * that it does to the world asks {@link #acts} first; so it can die or stand still at any point.
 */
final class Coordinator {
    private final int number;
    private final Loop loop;
    private final EventQueue events;
    private final FaultDice dice;
    private final Trace trace;
    private final Duration ioTime;
    private final Consumer<Coordinator> afterStep;
    private final Deque<Runnable> backlog = new ArrayDeque<>();
    private @Nullable RenderExecutor executor;
    private boolean dead;
    private boolean frozen;
    private boolean stepping;

    Coordinator(
            int number,
            Loop loop,
            EventQueue events,
            FaultDice dice,
            Trace trace,
            Duration ioTime,
            Consumer<Coordinator> afterStep) {
        this.number = number;
        this.loop = loop;
        this.events = events;
        this.dice = dice;
        this.trace = trace;
        this.ioTime = ioTime;
        this.afterStep = afterStep;
    }

    int number() {
        return number;
    }

    String name() {
        return "c" + number;
    }

    Loop loop() {
        return loop;
    }

    void runs(RenderExecutor itsExecutor) {
        executor = itsExecutor;
    }

    RenderExecutor executor() {
        if (executor == null) {
            throw new IllegalStateException(name() + " has not been started");
        }
        return executor;
    }

    boolean isDead() {
        return dead;
    }

    boolean isAwake() {
        return !dead && !frozen;
    }

    boolean isStepping() {
        return stepping;
    }

    /** Whether it is still there to do something outward; it may die just before. */
    boolean acts() {
        if (!dead && dice.strikes(Fault.COORDINATOR_CRASH)) {
            trace.add(name(), "dies");
            die();
        }
        return !dead;
    }

    void die() {
        dead = true;
        backlog.clear();
    }

    void freeze() {
        trace.add(name(), "stands still");
        frozen = true;
    }

    void thaw() {
        if (frozen && !dead) {
            trace.add(name(), "goes on");
            frozen = false;
            List<Runnable> waiting = List.copyOf(backlog);
            backlog.clear();
            waiting.forEach(this::deliver);
        }
    }

    /** Something reaches it. */
    void deliver(Runnable message) {
        if (dead) {
            return;
        }
        if (frozen) {
            backlog.add(message);
            return;
        }
        message.run();
        if (!stepping && !loop.isIdle()) {
            step();
        }
    }

    /** Lets the loop do what is due. */
    void step() {
        stepping = true;
        try {
            loop.step();
        } finally {
            stepping = false;
        }
        if (!dead) {
            afterStep.accept(this);
        }
    }

    /** When the loop's next timer is due; {@link Long#MAX_VALUE} if none is, or if it does not run. */
    long nextTimer() {
        if (!isAwake()) {
            return Long.MAX_VALUE;
        }
        Duration until = loop.untilNextTimer();
        return until == null ? Long.MAX_VALUE : loop.time().nanos() + until.toNanos();
    }

    /** Does blocking work, which takes a while. */
    Executor io() {
        return task -> events.after(ioTime, () -> {
            if (frozen || acts()) {
                deliver(task);
            }
        });
    }

    Executor callbacks() {
        return task -> events.after(Duration.ZERO, () -> deliver(task));
    }
}
