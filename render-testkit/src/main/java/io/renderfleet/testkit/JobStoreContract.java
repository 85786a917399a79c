package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What every {@link JobStore} must do, also one that keeps nothing. A store that survives its process runs
 * {@link DurableJobStoreContract} instead.
 *
 * <pre>{@code
 * class MyStoreTest extends JobStoreContract {
 *     protected JobStore connect() {
 *         return new MyStore(…);
 *     }
 * }
 * }</pre>
 */
public abstract class JobStoreContract {
    private static final long SECONDS = 60;

    private final List<JobStore> stores = new ArrayList<>();

    /** For subclasses. */
    protected JobStoreContract() {}

    /**
     * Makes a store that is not open yet. The first call of a test finds an empty one; later calls of the same test are other
     * coordinators that come to the same one.
     *
     * @return a store, which the contract closes
     */
    protected abstract JobStore connect();

    final JobStore another() {
        JobStore store = connect();
        stores.add(store);
        return store;
    }

    @AfterEach
    final void closeStores() {
        stores.forEach(JobStore::close);
    }

    @Test
    @DisplayName("an empty store opens with an id that can stand in an attempt, epoch 1, and no history")
    final void opensEmpty() {
        List<JobTransition> history = new ArrayList<>();
        StoreOpening opening = get(another().open(history::add));

        assertThat(new AttemptId(opening.farm(), opening.epoch(), 1).epoch()).isEqualTo(1);
        assertThat(opening.lastSeq()).isZero();
        assertThat(history).isEmpty();
    }

    @Test
    @DisplayName("values are kept, replaced and forgotten by name, each part's by themselves")
    final void keepsValues() {
        JobStore store = another();
        get(store.open(kept -> {}));

        get(store.values("colours").put("sky", "grey"));
        get(store.values("colours").put("sky", "blue"));
        get(store.values("colours").put("rose", "ä\u0001\uD83C\uDF39"));
        get(store.values("colours").put("grass", "green"));
        get(store.values("colours").remove("grass"));
        get(store.values("colours").remove("nothing"));
        get(store.values("sizes").put("sky", "x".repeat(StoredValues.MAX_VALUE)));

        assertThat(get(store.values("colours").all())).isEqualTo(Map.of("sky", "blue", "rose", "ä\u0001\uD83C\uDF39"));
        assertThat(get(store.values("sizes").all()).get("sky")).hasSize(StoredValues.MAX_VALUE);
        assertThat(get(store.values("none").all())).isEmpty();
    }

    @Test
    @DisplayName("a name or a value that is too long is refused in clear words, and nothing is kept")
    final void refusesLongValues() {
        JobStore store = another();
        get(store.open(kept -> {}));
        StoredValues values = store.values("colours");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> values.put("n".repeat(StoredValues.MAX_NAME + 1), "blue"))
                .withMessageContaining("201");
        assertThatIllegalArgumentException().isThrownBy(() -> values.put("", "blue"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> values.put("sky", "x".repeat(StoredValues.MAX_VALUE + 1)))
                .withMessageContaining("65537");
        assertThat(get(values.all())).isEmpty();
    }

    @Test
    @DisplayName("appends complete in the order of the calls")
    final void completesInOrder() {
        JobStore store = another();
        get(store.open(kept -> {}));

        List<Integer> completed = new ArrayList<>();
        List<CompletionStage<Void>> appends = IntStream.range(0, 100)
                .mapToObj(i -> store.append(i, List.of(transition(i))).thenRun(() -> {
                    synchronized (completed) {
                        completed.add(i);
                    }
                }))
                .toList();
        appends.forEach(JobStoreContract::get);

        assertThat(completed)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    @DisplayName("an append that is made again completes again")
    final void completesAgain() {
        JobStore store = another();
        get(store.open(kept -> {}));
        get(store.append(0, transitions(0, 3)));

        get(store.append(0, transitions(0, 3)));
        get(store.append(3, transitions(3, 4)));
    }

    @Test
    @DisplayName("a store that was never opened can be closed")
    final void closesUnopened() {
        another().close();
    }

    @Test
    @DisplayName("a store can be closed twice")
    final void closesTwice() {
        JobStore store = another();
        get(store.open(kept -> {}));
        store.close();

        store.close();
    }

    /** Opens a store and gives what it has kept. */
    static List<JobTransition> kept(JobStore store) {
        List<JobTransition> history = new ArrayList<>();
        get(store.open(history::add));
        return history;
    }

    static JobId job() {
        return new JobId("shot-010-5f0c");
    }

    /** A small transition that can be recognized. */
    static JobTransition transition(int number) {
        return new JobTransition.JobReprioritized(Instant.ofEpochSecond(number), job(), number);
    }

    /** Small transitions from one number to before another. */
    static List<JobTransition> transitions(int from, int to) {
        return IntStream.range(from, to).mapToObj(JobStoreContract::transition).toList();
    }

    /** Waits for a call to complete; for a minute at most. */
    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("not completed within " + SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits for a call to fail, with what a store may fail with. */
    static StoreException failure(CompletionStage<?> stage) {
        try {
            get(stage);
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(StoreException.class);
            return (StoreException) e.getCause();
        }
        throw new AssertionError("did not fail");
    }
}
