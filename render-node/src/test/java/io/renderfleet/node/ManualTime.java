package io.renderfleet.node;

import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A time that stands still until a test moves it. */
public final class ManualTime implements NodeTime {
    private final List<Alarm> alarms = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-24T10:00:00Z");

    private record Alarm(Instant at, Runnable task) {}

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized Registration after(Duration delay, Runnable task) {
        Alarm alarm = new Alarm(now.plus(delay.isNegative() ? Duration.ZERO : delay), task);
        alarms.add(alarm);
        return () -> {
            synchronized (this) {
                alarms.remove(alarm);
            }
        };
    }

    /** Moves on, and runs on the way what was to be run by then. */
    public void advance(Duration by) {
        Instant until = now().plus(by);
        for (Optional<Alarm> due = next(until); due.isPresent(); due = next(until)) {
            due.get().task().run();
        }
        synchronized (this) {
            now = until;
        }
    }

    private synchronized Optional<Alarm> next(Instant until) {
        Optional<Alarm> due =
                alarms.stream().filter(alarm -> !alarm.at().isAfter(until)).min(Comparator.comparing(Alarm::at));
        due.ifPresent(alarm -> {
            alarms.remove(alarm);
            now = alarm.at();
        });
        return due;
    }
}
