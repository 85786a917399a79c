package io.renderfleet.benchmarks;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.spi.OutputStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Publishes nothing and touches no disk. */
final class NoOutputs implements OutputStore {
    private static final Path NOWHERE = Path.of("nowhere");

    @Override
    public Path stage(JobId job, AttemptId attempt, OutputFile file) {
        return NOWHERE;
    }

    @Override
    public OutputFile publish(JobId job, Path staged, OutputFile file) {
        return file;
    }

    @Override
    public Path published(JobId job, String name) {
        return NOWHERE.resolve(name);
    }

    @Override
    public Path open(JobId job, @Nullable Path requested) {
        return NOWHERE;
    }

    @Override
    public void sweep(JobId job) {}
}
