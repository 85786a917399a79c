package io.renderfleet.transport.queue.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.transport.http.wire.FailureBody;
import io.renderfleet.transport.http.wire.FrameList;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.http.wire.Wire;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a worker tells a farm about a batch. It repeats itself until it is answered, or as long as the batch runs; the same report again means
 * nothing new.
 *
 * @param what what it is about
 * @param worker the worker's id
 * @param key which batch
 * @param call which question it answers, or null
 * @param job how the batch stands, or null
 * @param failure why the batch was refused, or null
 * @param frames some of the finished frames, or null
 * @param more how many finished frames come after these, or null for none
 * @param text the end of a log, or null
 * @param epoch the greatest epoch of the farm that the worker knows, where the question came from a lower one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        What what,
        String worker,
        String key,
        @Nullable String call,
        @Nullable JobStatus job,
        @Nullable FailureBody failure,
        @Nullable List<FrameList.Entry> frames,
        @Nullable Integer more,
        @Nullable String text,
        @Nullable Long epoch) {

    /**
     * Checks what must be there.
     *
     * @throws NullPointerException if it does not say what it is about, from whom it is, or about which batch
     */
    public Report {
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(worker, "worker");
        Objects.requireNonNull(key, "key");
    }

    /** What a report can be about. */
    public enum What {
        /** The worker has taken the batch from the queue, and asks whether it is to render it. */
        CLAIM,
        /** How the batch stands. */
        STATUS,
        /** The worker does not have the batch. */
        UNKNOWN,
        /** The worker was to render the batch, and cannot take it now. */
        RETURNED,
        /** The worker cannot or will not render the batch. */
        REFUSED,
        /** The answer to a question. */
        ANSWER,
        /** A newer coordinator exists. */
        FENCED
    }

    /**
     * Makes a report without details.
     *
     * @param what what it is about
     * @param worker the worker's id
     * @param key which batch
     * @return the report
     */
    public static Report of(What what, String worker, String key) {
        return new Report(what, worker, key, null, null, null, null, null, null, null);
    }

    /**
     * Says which question it answers.
     *
     * @param value the question's number
     * @return a changed copy
     */
    public Report answering(@Nullable String value) {
        return new Report(what, worker, key, value, job, failure, frames, more, text, epoch);
    }

    /**
     * Adds how the batch stands.
     *
     * @param value how
     * @return a changed copy
     */
    public Report with(JobStatus value) {
        return new Report(what, worker, key, call, value, failure, frames, more, text, epoch);
    }

    /**
     * Adds why the batch was refused.
     *
     * @param value why
     * @return a changed copy
     */
    public Report with(Failure value) {
        return new Report(what, worker, key, call, job, FailureBody.of(value), frames, more, text, epoch);
    }

    /**
     * Adds finished frames.
     *
     * @param page some of them
     * @param after how many come after these
     * @return a changed copy
     */
    public Report with(List<FrameOutput> page, int after) {
        List<FrameList.Entry> entries =
                page.stream().map(frame -> FrameList.Entry.of(frame, null)).toList();
        return new Report(what, worker, key, call, job, failure, entries, after, text, epoch);
    }

    /**
     * Adds the end of a log.
     *
     * @param value the text
     * @return a changed copy
     */
    public Report withText(String value) {
        return new Report(what, worker, key, call, job, failure, frames, more, value, epoch);
    }

    /**
     * Adds the greatest epoch that is known.
     *
     * @param value the epoch
     * @return a changed copy
     */
    public Report withEpoch(long value) {
        return new Report(what, worker, key, call, job, failure, frames, more, text, value);
    }

    /**
     * Writes it.
     *
     * @return JSON in UTF-8
     */
    public byte[] write() {
        return Wire.write(this);
    }

    /**
     * Reads a report.
     *
     * @param message as it came
     * @return empty if it is none, or of a kind that this version does not know
     */
    public static Optional<Report> read(byte[] message) {
        return Wire.readAnswer(message, Report.class);
    }
}
