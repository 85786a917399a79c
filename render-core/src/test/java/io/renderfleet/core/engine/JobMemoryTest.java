package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.split.BatchSplitters;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The memory of jobs")
class JobMemoryTest {
    private static final Instant AT = Instant.parse("2026-11-29T10:00:00Z");
    private static final Sha256 DIGEST = new Sha256("ab".repeat(32));

    private static String frames(int count, int step) {
        return step == 1
                ? "1-" + count
                : IntStream.range(0, count)
                        .mapToObj(i -> Integer.toString(i * step))
                        .collect(Collectors.joining(","));
    }

    private static ActiveJob job(int number, String frames) {
        RenderRequest request = RenderRequest.of(Scene.nodeDefault(), frames)
                .name("n".repeat(100) + number)
                .owner("ada");
        BatchLedger ledger = new BatchLedger(
                new JobTransition.JobSubmitted(AT, new JobId("job-" + number), request, Path.of("frames/" + number)));
        return new ActiveJob(ledger, number, BatchSplitters.fixed(5), new BatchHistory(new BatchHistory.Shelf(10)), 0);
    }

    /** All frames of a job come home, one file each. */
    private static void accept(ActiveJob job) {
        for (int frame : job.ledger.request().frames()) {
            String name = "frame-%06d.png".formatted(frame);
            FrameOutput output = new FrameOutput(
                    frame, List.of(new OutputFile(name, 100_000 + frame, DIGEST, true)), Duration.ofMillis(1234));
            job.apply(new JobTransition.FramesAccepted(
                    AT, job.ledger.job(), new BatchId("1"), new AttemptId("f-1", 1, 1), List.of(output)));
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @ParameterizedTest(name = "{1} frames, every {2}.")
    @CsvSource({"1000, 10, 1", "200, 250, 1", "20, 9000, 2", "10, 9000, 70", "2, 100000, 1"})
    @DisplayName("is no more than was foreseen, with every frame accepted")
    void foreseen(int jobs, int count, int step) {
        String frames = frames(count, step);
        long before = usedHeap();
        List<ActiveJob> all = new ArrayList<>();
        long foreseen = 0;
        long taken;
        try {
            for (int i = 0; i < jobs; i++) {
                ActiveJob job = job(i, frames);
                accept(job);
                foreseen += job.memory;
                all.add(job);
            }
            taken = usedHeap() - before;
        } finally {
            Reference.reachabilityFence(all);
        }

        assertThat(taken).isLessThan(foreseen);
    }

    @Test
    @DisplayName("is charged when a job is added, and given back when it is forgotten")
    void chargedAndReleased() {
        ActiveJob job = job(1, "1-1000");
        JobMemory memory = new JobMemory(job.memory * 2, job.memory * 2);
        RenderRequest another = job.ledger.request();

        memory.charge(job);
        assertThat(memory.refusal(another, JobMemory.of(another), 0)).isNull();
        ActiveJob second = job(2, "1-1000");
        memory.charge(second);

        assertThat(memory.fits(JobMemory.of(another))).isFalse();
        assertThat(memory.refusal(another, JobMemory.of(another), 0))
                .hasMessageContaining("the jobs that are known take 1 of 1 MiB, and this one may need 1 MiB");

        memory.release(second);
        memory.release(second);

        assertThat(memory.fits(JobMemory.of(another))).isTrue();
    }

    @Test
    @DisplayName("is bounded for each owner, too")
    void ofOwner() {
        ActiveJob job = job(1, "1-1000");
        JobMemory memory = new JobMemory(job.memory * 10, job.memory);
        memory.charge(job);

        RenderRequest same = job.ledger.request();
        assertThat(memory.refusal(same, job.memory, 0)).hasMessageContaining("the jobs of ada take");
        assertThat(memory.refusal(same.owner("grace"), job.memory, 0)).isNull();
    }

    @Test
    @DisplayName("grows with files that nobody foresaw")
    void manyFiles() {
        ActiveJob job = job(1, "1");
        JobMemory memory = new JobMemory(job.memory + (1 << 20), Long.MAX_VALUE);
        memory.charge(job);
        List<OutputFile> files = IntStream.range(0, 20_000)
                .mapToObj(i -> new OutputFile("pass-" + i + ".exr", i + 1, DIGEST, i == 0))
                .toList();
        job.apply(new JobTransition.FramesAccepted(
                AT,
                job.ledger.job(),
                new BatchId("1"),
                new AttemptId("f-1", 1, 1),
                List.of(new FrameOutput(1, files, Duration.ofSeconds(1)))));
        memory.charge(job);

        assertThat(memory.fits(JobMemory.of(RenderRequest.of(Scene.nodeDefault(), FrameSet.of(1)))))
                .isFalse();
    }
}
