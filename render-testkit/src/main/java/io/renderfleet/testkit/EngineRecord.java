package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keeps the events of a run, and what is wrong about their order. */
final class EngineRecord implements EngineSink {
    private static final long PATIENCE_SECONDS = 60;

    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger callers = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public void accept(EngineEvent event) {
        if (callers.incrementAndGet() > 1) {
            faults.add("told while something else was being told: " + event);
        }
        if (ended.getCount() == 0) {
            faults.add("told after the end: " + event);
        }
        events.add(event);
        if (event instanceof EngineEvent.FrameSaved saved) {
            saved.files().stream()
                    .filter(file -> !Files.isRegularFile(file))
                    .forEach(file -> faults.add("told before it is there: " + file));
        }
        if (event instanceof EngineEvent.FrameStarted) {
            begun.countDown();
        }
        callers.decrementAndGet();
        if (event instanceof EngineEvent.Ended) {
            ended.countDown();
        }
    }

    void awaitFrame() throws InterruptedException {
        assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("a frame is begun after %s", events)
                .isTrue();
    }

    @Nullable Failure awaitEnd() throws InterruptedException {
        assertThat(ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("the run ends after %s", events)
                .isTrue();
        return of(EngineEvent.Ended.class).get(0).failure();
    }

    <T extends EngineEvent> List<T> of(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** What became of frames, in order: {@code +3} for one that was begun, {@code 3} saved, {@code -3} failed. */
    List<String> frames() {
        return events.stream()
                .map(EngineRecord::frame)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String frame(EngineEvent event) {
        if (event instanceof EngineEvent.FrameStarted started) {
            return "+" + started.frame();
        }
        if (event instanceof EngineEvent.FrameSaved saved) {
            return String.valueOf(saved.frame());
        }
        return event instanceof EngineEvent.FrameFailed failed ? "-" + failed.frame() : "";
    }

    void assertWellTold() {
        assertThat(faults).isEmpty();
        assertThat(of(EngineEvent.Ended.class)).as("ends").hasSize(1);
    }
}
