package io.renderfleet.store.jdbc;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds this machine's clock against the database server's, at the start and once a minute. Orchestrators that share a folder compare the
 * times at which scenes were used, and who takes over counts on from the times at which jobs began, so their clocks must agree. Belongs to
 * one thread.
 */
final class ClockCheck {
    private static final Logger log = LoggerFactory.getLogger(ClockCheck.class);
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final Duration MOST = Duration.ofMinutes(1);

    private final Clock clock;
    private final String store;
    private @Nullable Instant next;
    private boolean wrong;

    ClockCheck(Clock clock, String store) {
        this.clock = clock;
        this.store = store;
    }

    /**
     * Compares the clocks, if it is time.
     *
     * @param server asks the server for its time
     */
    void look(Supplier<Optional<Instant>> server) {
        Instant before = clock.instant();
        // Set back by hours it would look again hours later.
        boolean due = next == null || !before.isBefore(next) || before.isBefore(next.minus(EVERY));
        if (due) {
            next = before.plus(EVERY);
            server.get().ifPresent(there -> {
                String warning = compare(before, there, clock.instant());
                if (warning != null) {
                    log.warn("{}", warning);
                } else if (wrong) {
                    log.info("{}: this machine's clock agrees with the server's again", store);
                }
                wrong = warning != null;
            });
        }
    }

    /** What to report of a server's time that was asked for between two moments; null if it may be right. */
    @Nullable String compare(Instant before, Instant there, Instant after) {
        boolean ahead = before.isAfter(there);
        Duration off = ahead ? Duration.between(there, before) : Duration.between(after, there);
        return off.compareTo(MOST) <= 0
                ? null
                : store + ": this machine's clock is " + off.toSeconds() + " s " + (ahead ? "ahead of" : "behind")
                        + " the server's; orchestrators whose clocks differ by minutes give up scenes that others need,"
                        + " and end jobs too early or too late after a take-over: set the clocks by NTP";
    }
}
