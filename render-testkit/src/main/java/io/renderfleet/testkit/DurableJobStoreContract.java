package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreFencedException;
import io.renderfleet.core.spi.StoreOpening;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What every {@link JobStore} must do that survives its process. That it survives {@code kill -9} is left to a test that kills.
 *
 * <p>{@link #connect()} is called several times a test: each store that it gives stands for another process at the same data.
 */
public abstract class DurableJobStoreContract extends JobStoreContract {

    /** For subclasses. */
    protected DurableJobStoreContract() {}

    @Test
    @DisplayName("transitions of all kinds come back as they were appended")
    final void keepsAllKinds() {
        JobStore store = another();
        get(store.open(kept -> {}));
        List<JobTransition> all = Stream.of(
                        SampleTransitions.full(new JobId("full")),
                        SampleTransitions.bare(new JobId("bare")),
                        SampleTransitions.awkward(new JobId("awkward")))
                .flatMap(List::stream)
                .toList();
        get(store.append(0, all));
        store.close();

        List<JobTransition> history = kept(another());

        for (int i = 0; i < Math.min(all.size(), history.size()); i++) {
            assertThat(history.get(i)).isEqualTo(all.get(i));
        }
        assertThat(history).hasSameSizeAs(all);
        assertThat(kinds(history)).isEqualTo(kindsThatThereAre());
    }

    private static List<String> kinds(List<JobTransition> transitions) {
        return transitions.stream()
                .map(transition -> transition.getClass().getSimpleName())
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> kindsThatThereAre() {
        return Arrays.stream(JobTransition.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                // What it does is a test of its own.
                .filter(kind -> !kind.equals("JobForgotten"))
                .sorted()
                .toList();
    }

    @Test
    @DisplayName("the history has the order of the appends, of one opening after the other")
    final void keepsOrder() {
        JobStore first = another();
        get(first.open(kept -> {}));
        List<CompletionStage<Void>> appends = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            appends.add(first.append(2L * i, transitions(2 * i, 2 * i + 2)));
        }
        appends.forEach(JobStoreContract::get);
        first.close();
        JobStore second = another();
        get(second.open(kept -> {}));
        get(second.append(0, transitions(100, 150)));
        second.close();

        assertThat(kept(another())).isEqualTo(transitions(0, 150));
    }

    @Test
    @DisplayName("values outlive a coordinator, can be read before the store is opened, and are the leader's to change")
    final void valuesOutlive() {
        JobStore first = another();
        get(first.open(kept -> {}));
        get(first.values("colours").put("sky", "grey"));
        first.close();

        JobStore second = another();
        assertThat(get(second.values("colours").all())).isEqualTo(Map.of("sky", "grey"));
        assertThat(failure(second.values("colours").put("sky", "red"))).hasMessageContaining("not open");
        get(second.open(kept -> {}));
        get(second.values("colours").put("sky", "blue"));
        assertThat(get(second.values("colours").all())).isEqualTo(Map.of("sky", "blue"));
    }

    @Test
    @DisplayName("positions that are kept already are skipped")
    final void skipsWhatIsKept() {
        JobStore store = another();
        get(store.open(kept -> {}));
        get(store.append(0, transitions(0, 3)));
        get(store.append(0, transitions(0, 3)));
        get(store.append(1, transitions(1, 5)));
        store.close();

        assertThat(kept(another())).isEqualTo(transitions(0, 5));
    }

    @Test
    @DisplayName(
            "an append that would leave a gap fails and keeps nothing, and can be made again once the gap is filled")
    final void leavesNoGap() {
        JobStore store = another();
        get(store.open(kept -> {}));

        failure(store.append(2, transitions(2, 3)));
        get(store.append(0, transitions(0, 2)));
        get(store.append(2, transitions(2, 3)));
        store.close();

        assertThat(kept(another())).isEqualTo(transitions(0, 3));
    }

    @Test
    @DisplayName("what is queued when the store is closed is written")
    final void closingWrites() {
        JobStore store = another();
        get(store.open(kept -> {}));
        CompletionStage<Void> last = store.append(0, transitions(0, 1_000));
        store.close();

        get(last);
        assertThat(kept(another())).isEqualTo(transitions(0, 1_000));
    }

    @Test
    @DisplayName("a farm keeps its id, and its epoch grows with each opening")
    final void countsEpochs() {
        List<StoreOpening> openings = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            JobStore store = another();
            openings.add(get(store.open(kept -> {})));
            store.close();
        }

        assertThat(openings.stream().map(StoreOpening::farm).collect(Collectors.toSet()))
                .hasSize(1);
        assertThat(openings.stream().map(StoreOpening::epoch)).containsExactly(1L, 2L, 3L);
    }

    @Test
    @DisplayName("the greatest attempt number is told also when its job is forgotten")
    final void remembersAttempts() {
        JobStore store = another();
        get(store.open(kept -> {}));
        get(store.append(0, List.of(dispatched(41), dispatched(42), dispatched(7))));
        get(store.append(3, List.of(new JobTransition.JobForgotten(Instant.EPOCH, job()))));
        store.close();

        StoreOpening opening = get(another().open(kept -> {}));

        assertThat(opening.lastSeq()).isEqualTo(42);
    }

    private static JobTransition dispatched(long seq) {
        return new JobTransition.BatchDispatched(
                Instant.EPOCH,
                job(),
                new BatchId("1"),
                FrameSet.of(1),
                new AttemptId("f-1", 1, seq),
                URI.create("http://localhost:3000"),
                null,
                1,
                null,
                SceneUse.AS_SENT);
    }

    @Test
    @DisplayName("nothing is left of a job that was forgotten, and everything of the others")
    final void forgets() {
        JobStore store = another();
        get(store.open(kept -> {}));
        JobId other = new JobId("other");
        List<JobTransition> others = SampleTransitions.full(other);
        get(store.append(0, transitions(0, 2)));
        get(store.append(2, others));
        List<JobTransition> mixed = new ArrayList<>(transitions(2, 3));
        mixed.add(new JobTransition.JobForgotten(Instant.EPOCH, job()));
        long next = 2L + others.size();
        get(store.append(next, mixed));
        get(store.append(next, mixed));
        get(store.append(next + 2, List.of(new JobTransition.JobPaused(Instant.EPOCH, other))));
        store.close();

        List<JobTransition> history = kept(another());

        assertThat(history.stream().filter(kept -> !(kept instanceof JobTransition.JobForgotten)))
                .allMatch(kept -> kept.job().equals(other))
                .hasSize(others.size() + 1);
    }

    @Test
    @DisplayName("an opening overtakes the one before, which writes nothing more")
    final void fencesOlderOpenings() {
        JobStore older = another();
        get(older.open(kept -> {}));
        get(older.append(0, transitions(0, 1)));
        JobStore newer = another();
        List<JobTransition> history = kept(newer);
        get(newer.append(0, transitions(1, 2)));

        assertThat(failure(older.append(1, transitions(8, 9)))).isInstanceOf(StoreFencedException.class);
        assertThat(failure(older.values("colours").put("sky", "red"))).isInstanceOf(StoreFencedException.class);
        assertThat(failure(older.append(1, transitions(8, 9)))).isInstanceOf(StoreFencedException.class);
        older.close();
        get(newer.append(1, transitions(2, 3)));
        newer.close();

        assertThat(history).isEqualTo(transitions(0, 1));
        assertThat(kept(another())).isEqualTo(transitions(0, 3));
    }

    @Test
    @DisplayName("a store that was closed takes nothing more")
    final void refusesWhenClosed() {
        JobStore store = another();
        get(store.open(kept -> {}));
        store.close();

        failure(store.append(0, transitions(0, 1)));
        failure(store.open(kept -> {}));
    }
}
