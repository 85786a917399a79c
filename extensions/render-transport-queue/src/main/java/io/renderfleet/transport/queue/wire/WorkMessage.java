package io.renderfleet.transport.queue.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.transport.http.wire.JobOrder;
import io.renderfleet.transport.http.wire.JobRequest;
import io.renderfleet.transport.http.wire.Reading;
import io.renderfleet.transport.http.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * A batch in a queue.
 *
 * @param key the idempotency key, which is also what coordinators and workers call the batch
 * @param attempt which attempt it is, with the epoch of the coordinator that sent it
 * @param traceparent the W3C trace context, or null
 * @param job what to render
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkMessage(
        @Nullable String key,
        @Nullable String attempt,
        @Nullable String traceparent,
        @Nullable JobRequest job) {

    /**
     * A message that was read and checked.
     *
     * @param key the idempotency key
     * @param attempt which attempt it is
     * @param traceparent the W3C trace context, or null
     * @param order what to render
     */
    public record Work(
            String key, AttemptId attempt, @Nullable String traceparent, JobOrder order) {}

    /**
     * Writes a batch.
     *
     * @param assignment the batch; a local scene has its digest
     * @return JSON in UTF-8
     */
    public static byte[] write(Assignment assignment) {
        return Wire.write(new WorkMessage(
                assignment.key(),
                assignment.attempt().toString(),
                assignment.traceparent(),
                JobRequest.of(assignment)));
    }

    /**
     * Reads a batch.
     *
     * @param message as it came from a queue
     * @return what it asks for
     * @throws IllegalArgumentException if it is none, in words that say what is wrong
     */
    public static Work read(byte[] message) {
        WorkMessage read = Wire.readAnswer(message, WorkMessage.class)
                .orElseThrow(() -> new IllegalArgumentException("the message is no batch as JSON"));
        if (read.key == null || read.attempt == null || read.job == null) {
            throw new IllegalArgumentException("the message lacks key, attempt or job");
        }
        if (Wire.readKey(read.key) instanceof Reading.Bad<?> bad) {
            throw new IllegalArgumentException(bad.problem().detail());
        }
        Reading<JobOrder> order = Wire.readJob(Wire.write(read.job));
        if (order instanceof Reading.Good<JobOrder> good) {
            return new Work(read.key, AttemptId.parse(read.attempt), read.traceparent, good.value());
        }
        throw new IllegalArgumentException("the job of the message is wrong: "
                + ((Reading.Bad<JobOrder>) order).problem().detail());
    }
}
