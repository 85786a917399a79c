package io.renderfleet.engine.blender;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The warm sessions that wait for their next run. Thread-safe.
 *
 * <p>There are at most as many as the node may run at once; the one that has waited longest makes room. Each ends by itself when
 * nobody has taken it for a while.
 */
final class SessionPool implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SessionPool.class);

    private final BlenderConfig config;
    private final Deque<Idle> idle = new ArrayDeque<>();
    private final ScheduledExecutorService clock;
    private boolean closed;

    private record Idle(SessionKey key, Session session, ScheduledFuture<?> end) {}

    SessionPool(BlenderConfig config) {
        this.config = config;
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "blender-sessions");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Takes the session that has this loaded, if there is one; it may have ended, or its files may have changed. */
    synchronized @Nullable Session take(SessionKey key) {
        for (Iterator<Idle> each = idle.descendingIterator(); each.hasNext(); ) {
            Idle candidate = each.next();
            if (candidate.key().equals(key) && candidate.end().cancel(false)) {
                each.remove();
                return candidate.session();
            }
        }
        return null;
    }

    /** Keeps a session for the next run, or ends it where there is no room. */
    void give(SessionKey key, Session session) {
        List<Session> surplus = keep(key, session);
        surplus.forEach(Session::quit);
    }

    private synchronized List<Session> keep(SessionKey key, Session session) {
        if (closed || config.maxIdle() < 1 || !session.isAlive()) {
            return List.of(session);
        }
        ScheduledFuture<?> end =
                clock.schedule(() -> expire(session), config.idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
        idle.addLast(new Idle(key, session, end));
        if (idle.size() <= config.maxIdle()) {
            return List.of();
        }
        Idle oldest = idle.removeFirst();
        oldest.end().cancel(false);
        return List.of(oldest.session());
    }

    /** Ends one waiting session, the oldest, so that a new one does not stand beside it in memory. */
    void makeRoom() {
        Session oldest = null;
        synchronized (this) {
            if (idle.size() >= config.maxIdle() && !idle.isEmpty()) {
                Idle first = idle.removeFirst();
                first.end().cancel(false);
                oldest = first.session();
            }
        }
        if (oldest != null) {
            oldest.quit();
        }
    }

    private void expire(Session session) {
        boolean waited;
        synchronized (this) {
            waited = idle.removeIf(each -> each.session() == session);
        }
        if (waited) {
            log.debug("Blender {} ends: nobody needed it for {}", session.pid(), config.idleTimeout());
            session.quit();
        }
    }

    synchronized int size() {
        return idle.size();
    }

    @Override
    public void close() {
        List<Session> left;
        synchronized (this) {
            closed = true;
            left = idle.stream().map(Idle::session).toList();
            idle.clear();
        }
        left.forEach(Session::end);
        clock.shutdownNow();
    }
}
