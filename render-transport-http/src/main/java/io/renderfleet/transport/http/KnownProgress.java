package io.renderfleet.transport.http;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.spi.RemoteJob;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The last progress of each running job, for which a 304 stands. Bounded: a job that falls out is only asked without its tag once.
 * Thread-safe.
 */
final class KnownProgress {
    private static final int MAX_JOBS = 20_000;

    private final Map<RemoteJob, Known> jobs = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RemoteJob, Known> eldest) {
            return size() > MAX_JOBS;
        }
    };

    record Known(String etag, BatchProgress progress) {}

    synchronized void remember(RemoteJob remote, String etag, BatchProgress progress) {
        jobs.put(remote, new Known(etag, progress));
    }

    synchronized Optional<Known> last(RemoteJob remote) {
        return Optional.ofNullable(jobs.get(remote));
    }

    synchronized void forget(RemoteJob remote) {
        jobs.remove(remote);
    }
}
