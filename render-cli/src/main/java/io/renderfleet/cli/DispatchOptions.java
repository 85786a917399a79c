package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.BatchSize;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** When and in which pieces the frames of a job go out. */
final class DispatchOptions {
    @Option(
            names = "--batch-size",
            paramLabel = "N|auto",
            converter = SizeReader.class,
            description = "How many frames go to a node together; auto: as many as suit what is measured; default the"
                    + " farm's.")
    private @Nullable BatchSize batchSize;

    @Option(
            names = "--in-order",
            description = "Let no frame go ahead of others, as auto batches let the last and the middle one.")
    private boolean inOrder;

    @Option(
            names = "--expected-seconds",
            paramLabel = "SECONDS",
            description = "What a frame will take on an average node, such as 90 or 0.5.")
    private @Nullable Double expectedSeconds;

    @Option(
            names = "--max-running",
            paramLabel = "N",
            description = "How many batches of the job may run at once; default as many as there are slots.")
    private @Nullable Integer maxRunning;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            description = "How long the whole job may take before it fails; default the farm's.")
    private @Nullable Integer deadline;

    @Option(names = "--after", paramLabel = "JOB", split = ",", description = "A job that must have completed before.")
    private @Nullable List<@Nullable String> after;

    @Option(
            names = "--after-frames",
            paramLabel = "JOB",
            split = ",",
            description = "A job that this one follows frame by frame.")
    private @Nullable List<@Nullable String> afterFrames;

    @Nullable BatchSize batchSize() {
        return batchSize;
    }

    @Nullable Boolean inOrder() {
        return inOrder ? Boolean.TRUE : null;
    }

    @Nullable Double expectedSeconds() {
        return expectedSeconds;
    }

    @Nullable Integer maxRunning() {
        return maxRunning;
    }

    @Nullable Integer deadline() {
        return deadline;
    }

    @Nullable List<@Nullable String> after() {
        return after;
    }

    @Nullable List<@Nullable String> afterFrames() {
        return afterFrames;
    }

    /** Reads {@code --batch-size}. */
    static final class SizeReader implements ITypeConverter<BatchSize> {
        SizeReader() {}

        @Override
        public BatchSize convert(String text) {
            try {
                return BatchSize.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
