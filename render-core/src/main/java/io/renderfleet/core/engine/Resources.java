package io.renderfleet.core.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an executor has to free in the end, the last thing first. */
final class Resources implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Resources.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    void add(AutoCloseable resource) {
        open.addFirst(resource);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.removeFirst().close();
            } catch (Exception e) {
                log.warn("could not close everything", e);
            }
        }
    }
}
