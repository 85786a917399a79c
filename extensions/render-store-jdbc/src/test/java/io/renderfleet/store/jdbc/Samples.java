package io.renderfleet.store.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/** Numbered transitions, and calls that are waited for. */
final class Samples {
    static final JobId JOB = new JobId("job");

    private Samples() {}

    static JobTransition numbered(long number) {
        return new JobTransition.JobReprioritized(Instant.ofEpochSecond(number), JOB, (int) number);
    }

    static List<JobTransition> numbered(long from, long to) {
        return LongStream.range(from, to).mapToObj(Samples::numbered).toList();
    }

    /** Opens a store and gives what it has kept. */
    static List<JobTransition> kept(JobStore store) {
        List<JobTransition> history = new ArrayList<>();
        get(store.open(history::add));
        return history;
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(60, SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
