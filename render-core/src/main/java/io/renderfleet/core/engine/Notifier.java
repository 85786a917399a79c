package io.renderfleet.core.engine;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.RenderListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls what users have registered, in order, away from the loop. */
final class Notifier {
    private static final Logger log = LoggerFactory.getLogger(Notifier.class);

    private final Executor executor;
    private final List<RenderListener> listeners;

    Notifier(Executor executor, List<RenderListener> listeners) {
        this.executor = executor;
        this.listeners = new CopyOnWriteArrayList<>(listeners);
    }

    /** Adds a listener, from any thread; gives back how to take it off again. */
    Runnable add(RenderListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void transition(JobTransition transition) {
        for (RenderListener listener : listeners) {
            call(() -> listener.onTransition(transition));
        }
    }

    void notice(FarmNotice notice) {
        for (RenderListener listener : listeners) {
            call(() -> listener.onNotice(notice));
        }
    }

    void call(Runnable callback) {
        try {
            executor.execute(() -> run(callback));
        } catch (RejectedExecutionException e) {
            log.error("the application's executor refused a callback, which is lost; the farm goes on", e);
        }
    }

    private static void run(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            log.warn("a callback of the application failed; the farm goes on", e);
        }
    }
}
