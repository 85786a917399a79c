package io.renderfleet.core.engine;

import io.renderfleet.core.model.Progress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Tells those who asked how a job comes along, at most ten times a second, away from the loop. Belongs to the loop. */
final class ProgressTeller {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final Farm farm;

    ProgressTeller(Farm farm) {
        this.farm = farm;
    }

    void changed(ActiveJob job) {
        if (!job.progressListeners.isEmpty() && !job.progressAsked) {
            job.progressAsked = true;
            farm.loop.schedule(INTERVAL, () -> {
                job.progressAsked = false;
                if (!job.ledger.hasEnded()) {
                    tell(job);
                }
            });
        }
    }

    void tell(ActiveJob job) {
        if (job.progressListeners.isEmpty()) {
            return;
        }
        Progress progress = Progress.of(job.snapshot(farm.nanos()));
        for (Consumer<Progress> listener : List.copyOf(job.progressListeners)) {
            farm.notifier.call(() -> listener.accept(progress));
        }
    }
}
