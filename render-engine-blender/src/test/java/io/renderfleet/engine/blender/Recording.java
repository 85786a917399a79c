package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Keeps the events of a run. */
final class Recording implements EngineSink {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public void accept(EngineEvent event) {
        events.add(event);
        if (event instanceof EngineEvent.Ended) {
            ended.countDown();
        }
    }

    /** Waits for the end, and returns why it was early. */
    @Nullable Failure awaitEnd() {
        try {
            assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the run ended; so far: %s", events)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(events.get(events.size() - 1)).isInstanceOf(EngineEvent.Ended.class);
        assertThat(all(EngineEvent.Ended.class)).hasSize(1);
        return all(EngineEvent.Ended.class).get(0).failure();
    }

    /** Waits for the end, which must be early, and returns why it was. */
    Failure awaitFailure() {
        Failure failure = awaitEnd();
        if (failure == null) {
            throw new AssertionError("the run ended without a failure: " + events);
        }
        return failure;
    }

    <E extends EngineEvent> void await(Class<E> kind) {
        Awaitility.await().atMost(PATIENCE).until(() -> !all(kind).isEmpty());
    }

    <E extends EngineEvent> List<E> all(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<Integer> saved() {
        return all(EngineEvent.FrameSaved.class).stream()
                .map(EngineEvent.FrameSaved::frame)
                .toList();
    }

    List<Integer> failed() {
        return all(EngineEvent.FrameFailed.class).stream()
                .map(EngineEvent.FrameFailed::frame)
                .toList();
    }

    List<String> warnings() {
        return all(EngineEvent.Warned.class).stream()
                .map(warned -> warned.warning().message())
                .toList();
    }
}
