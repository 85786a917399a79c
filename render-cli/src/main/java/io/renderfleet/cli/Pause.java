package io.renderfleet.cli;

import java.time.Duration;

/** Lets time pass. */
@FunctionalInterface
interface Pause {
    void sleep(Duration time) throws InterruptedException;

    /** Real time. */
    static Pause real() {
        return time -> Thread.sleep(time.toMillis());
    }
}
