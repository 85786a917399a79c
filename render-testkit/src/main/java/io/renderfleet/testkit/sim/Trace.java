package io.renderfleet.testkit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened, a line each with its virtual time. */
final class Trace {
    private static final int MOST = 2_000_000;

    private final VirtualTime time;
    private final boolean on;
    private final List<String> lines = new ArrayList<>();

    Trace(VirtualTime time, boolean on) {
        this.time = time;
        this.on = on;
    }

    /** Whether lines are kept; where they are dear to make, ask first. */
    boolean on() {
        return on;
    }

    void add(String who, String what) {
        if (on && lines.size() < MOST) {
            long nanos = time.nanos();
            lines.add(String.format(
                    Locale.ROOT, "%6d.%09d %-5s %s", nanos / 1_000_000_000, nanos % 1_000_000_000, who, what));
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
