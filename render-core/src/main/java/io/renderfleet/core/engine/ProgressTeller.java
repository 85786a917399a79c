package io.renderfleet.core.engine;

import io.renderfleet.core.model.Progress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Reports the progress of jobs to those who asked for it, at most ten times a second, away from the loop. Belongs to the loop. */
final class ProgressTeller {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final Farm farm;
    private final Set<ActiveJob> asked = new HashSet<>();

    ProgressTeller(Farm farm) {
        this.farm = farm;
    }

    void changed(ActiveJob job) {
        if (!job.progressListeners.isEmpty() && asked.add(job)) {
            farm.loop.schedule(INTERVAL, () -> {
                asked.remove(job);
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
        Progress progress = Progress.of(job.snapshot(farm.nanos(), null));
        for (Consumer<Progress> listener : List.copyOf(job.progressListeners)) {
            farm.notifier.call(() -> listener.accept(progress));
        }
    }
}
