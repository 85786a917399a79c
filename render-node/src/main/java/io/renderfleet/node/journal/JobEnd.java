package io.renderfleet.node.journal;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended.
 *
 * @param state by its name
 * @param at when it happened
 * @param failure why not all frames are there, or null
 */
public record JobEnd(String state, Instant at, @Nullable Failure failure) {

    static final String KIND = "end";

    Line line() {
        Line line = Line.of(KIND, state, at);
        return failure == null
                ? line
                : line.and(failure.kind(), failure.retryElsewhere(), failure.message(), failure.frame())
                        .and(failure.log().toArray());
    }

    static JobEnd from(Line line) {
        Instant at = Instant.parse(line.get(2));
        String kind = line.find(3);
        if (kind == null) {
            return new JobEnd(line.get(1), at, null);
        }
        String message = line.find(5);
        String frame = line.find(6);
        Failure failure = new Failure(
                FailureKind.fromWire(kind),
                frame == null ? null : Integer.valueOf(frame),
                message == null ? "" : message,
                Boolean.parseBoolean(line.get(4)),
                line.from(7));
        return new JobEnd(line.get(1), at, failure);
    }
}
