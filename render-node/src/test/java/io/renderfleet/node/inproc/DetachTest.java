package io.renderfleet.node.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import io.renderfleet.core.store.InMemoryJobStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An executor that is detached")
@Timeout(60)
class DetachTest {
    @TempDir
    Path folder;

    /** Takes its time for every commit, and outlives the executors that use it. */
    private static final class SlowStore implements JobStore {
        private final JobStore values = new InMemoryJobStore();
        private final List<JobTransition> kept = new CopyOnWriteArrayList<>();
        private final AtomicInteger appends = new AtomicInteger();
        private final AtomicInteger epoch = new AtomicInteger();

        @Override
        public CompletionStage<StoreOpening> open(Consumer<JobTransition> history) {
            kept.forEach(history);
            return CompletableFuture.completedStage(new StoreOpening("f-slow", epoch.incrementAndGet(), 0));
        }

        @Override
        public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
            appends.incrementAndGet();
            return CompletableFuture.runAsync(
                    () -> kept.addAll(transitions), CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
        }

        @Override
        public StoredValues values(String part) {
            return values.values(part);
        }

        @Override
        public void close() {}
    }

    @Test
    @DisplayName("leaves in the store all that happened before, also what had to wait for the write before it")
    void writesWhatHappened() {
        SlowStore store = new SlowStore();
        RenderExecutor first = start(store);
        RenderHandle job = first.submit(RenderRequest.of(Scene.nodeDefault(), "1-3"));
        int before = store.appends.get();
        job.pause();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> store.appends.get() > before);
        job.priority(7);

        first.detach();

        try (RenderExecutor second = start(store)) {
            JobId id = job.id();
            RenderJob resumed = second.job(id).orElseThrow().snapshot();
            assertThat(resumed.state()).isEqualTo(JobState.PAUSED);
            assertThat(resumed.priority()).isEqualTo(7);
        }
    }

    private RenderExecutor start(JobStore store) {
        return RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(new InProcessTransport())
                .store(store)
                .outputRoot(folder)
                .build();
    }
}
