package io.renderfleet.benchmarks;

import io.renderfleet.core.model.FrameSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the frames of a batch cost: they are cut from a job's and taken away from what remains. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameSetBenchmark {
    private final FrameSet million = FrameSet.range(1, 1_000_000);

    /** Reads the text of a request. */
    @Benchmark
    public FrameSet parse() {
        return FrameSet.parse("1-20,40-100x3,7");
    }

    /** Takes the next batch off a job of a million frames. */
    @Benchmark
    public FrameSet cutABatch() {
        return million.minus(million.take(5));
    }
}
