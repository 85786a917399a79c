package io.renderfleet.benchmarks.attack;

import java.time.Duration;

/**
 * How hard the attack is.
 *
 * @param idle connections that are opened and say nothing; those that the server closes are opened again, at most as many a second
 * @param uploads scenes that are sent as slowly as they may
 * @param refused submissions a second that are wrong, at most
 * @param time how long it goes on at most
 */
record Force(int idle, int uploads, int refused, Duration time) {
    static final Force FULL = new Force(2_500, 20, 5_000, Duration.ofMinutes(3));

    String[] args() {
        return new String[] {
            Integer.toString(idle),
            Integer.toString(uploads),
            Integer.toString(refused),
            Long.toString(time.toSeconds())
        };
    }

    static Force of(String... args) {
        return new Force(
                Integer.parseInt(args[0]),
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                Duration.ofSeconds(Long.parseLong(args[3])));
    }
}
