package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.spi.EngineEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A node that is watched")
class WatchedJobsTest extends NodeScenario {
    private final List<NodeJobView> told = new CopyOnWriteArrayList<>();

    @Test
    @DisplayName("tells of progress at once, but not more than four times a second")
    void pacesProgress() {
        NodeJobView job = submit("1-5");
        node.onChange(job.id(), job.version(), false, told::add);
        engine.last().begin(1);
        assertThat(told).hasSize(1);

        node.onChange(job.id(), told.get(0).version(), false, told::add);
        engine.last().tell(new EngineEvent.SamplesDone(1, 1, 64, null));
        engine.last().tell(new EngineEvent.SamplesDone(1, 2, 64, null));
        time.advance(Duration.ofMillis(249));
        assertThat(told).hasSize(1);
        time.advance(Duration.ofMillis(1));
        assertThat(told).hasSize(2);
        assertThat(told.get(1).sample()).isEqualTo(2);
    }

    @Test
    @DisplayName("tells at once of what has changed before")
    void tellsOfThePast() {
        NodeJobView job = submit("1-5");
        engine.last().begin(1);

        node.onChange(job.id(), job.version(), false, told::add);

        assertThat(told).hasSize(1);
    }

    @Test
    @DisplayName("tells of the end only, where that was asked for, and of an end that is past")
    void tellsOfTheEnd() {
        NodeJobView job = submit("1");
        node.onChange(job.id(), 0, true, told::add);
        engine.last().render(1, SECOND);
        awaitFinished(job.id(), "1");
        time.advance(Duration.ofMinutes(1));
        assertThat(told).isEmpty();
        engine.last().end();

        await().until(() -> told.size() == 1);
        assertThat(told.get(0).state()).isEqualTo(NodeJobState.COMPLETED);
        node.onChange(job.id(), Long.MAX_VALUE, false, told::add);
        assertThat(told).hasSize(2);
    }

    @Test
    @DisplayName("has a free slot for whoever hears of the end")
    void freesTheSlotFirst() {
        NodeJobView job = submit("1");
        CompletableFuture<SubmitResult> next = new CompletableFuture<>();
        node.onChange(job.id(), 0, true, view -> next.complete(submit(request("2"), null, null)));

        engine.last().render(1, SECOND);
        engine.last().end();

        assertThat(next).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(SubmitResult.Accepted.class);
    }

    @Test
    @DisplayName("is not disturbed by a listener that fails")
    void survivesListeners() {
        NodeJobView job = submit("1");
        node.onChange(job.id(), 0, true, view -> {
            throw new IllegalStateException("a mistake of the listener");
        });
        node.onChange(job.id(), 0, true, told::add);

        node.cancel(job.id(), null);

        await().until(() -> told.size() == 1);
    }

    @Test
    @DisplayName("tells nobody who has gone, and nobody of a job that it does not know")
    void forgets() {
        NodeJobView job = submit("1-5");
        node.onChange(job.id(), job.version(), false, told::add).orElseThrow().close();
        engine.last().begin(1);
        node.cancel(job.id(), null);
        awaitEnd(job.id());

        assertThat(told).isEmpty();
        assertThat(node.onChange("17000", 0, false, told::add)).isEmpty();
    }
}
