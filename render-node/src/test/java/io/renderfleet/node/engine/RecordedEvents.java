package io.renderfleet.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps what a run tells. */
final class RecordedEvents implements EngineSink {
    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void accept(EngineEvent event) {
        events.add(event);
    }

    <T extends EngineEvent> List<T> of(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    RecordedEvents awaitFrameStarted() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !of(EngineEvent.FrameStarted.class).isEmpty());
        return this;
    }

    @Nullable Failure awaitEnd() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !of(EngineEvent.Ended.class).isEmpty());
        assertThat(of(EngineEvent.Ended.class)).as("ends exactly once").hasSize(1);
        assertThat(events.get(events.size() - 1)).isInstanceOf(EngineEvent.Ended.class);
        return of(EngineEvent.Ended.class).get(0).failure();
    }

    List<Integer> saved() {
        return of(EngineEvent.FrameSaved.class).stream()
                .map(EngineEvent.FrameSaved::frame)
                .toList();
    }

    List<Failure> frameFailures() {
        return of(EngineEvent.FrameFailed.class).stream()
                .map(EngineEvent.FrameFailed::failure)
                .toList();
    }
}
