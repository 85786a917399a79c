package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.JobTransition.BatchAccepted;
import io.renderfleet.core.event.JobTransition.BatchDispatched;
import io.renderfleet.core.event.JobTransition.BatchEnded;
import io.renderfleet.core.event.JobTransition.BatchShortened;
import io.renderfleet.core.event.JobTransition.FramesAccepted;
import io.renderfleet.core.event.JobTransition.FramesFailed;
import io.renderfleet.core.event.JobTransition.FramesRetried;
import io.renderfleet.core.event.JobTransition.FramesUnverified;
import io.renderfleet.core.event.JobTransition.JobEnded;
import io.renderfleet.core.event.JobTransition.JobForgotten;
import io.renderfleet.core.event.JobTransition.JobPaused;
import io.renderfleet.core.event.JobTransition.JobReprioritized;
import io.renderfleet.core.event.JobTransition.JobResumed;
import io.renderfleet.core.event.JobTransition.JobSubmitted;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.spi.StoreException;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Writes transitions as rows and reads them back, also those of earlier versions.
 *
 * <p>The names of kinds and fields are part of what is stored: they are never changed, and what is added is optional for the reader.
 * A change that an earlier version would read wrongly raises {@link #FORM}, so that it refuses instead. Thread-safe.
 */
final class TransitionCodec {
    /** The version of the form in which rows are written. */
    static final int FORM = 1;

    static final String FORGOTTEN = "job-forgotten";

    private static final String BATCH = "batch";
    private static final String ATTEMPT = "attempt";
    private static final String FRAMES = "frames";
    private static final String FAILURE = "failure";

    TransitionRow encode(JobTransition transition) {
        ObjectNode json = Fields.object();
        json.put("at", transition.at().toString());
        String kind = encode(transition, json);
        return new TransitionRow(transition.job().value(), kind, FORM, transition.at(), Fields.write(json));
    }

    private static String encode(JobTransition transition, ObjectNode json) {
        if (transition instanceof JobSubmitted submitted) {
            json.put("folder", submitted.folder().toString());
            json.set("request", RequestCodec.encode(submitted.request()));
            return "job-submitted";
        } else if (transition instanceof BatchDispatched dispatched) {
            batch(json, dispatched.batch(), dispatched.attempt());
            json.set(FRAMES, FrameCodec.encode(dispatched.frames()));
            json.put("target", dispatched.target().toString());
            Fields.put(json, "node", dispatched.node());
            json.put("try", dispatched.tryNumber());
            Fields.put(json, "speculationOn", dispatched.speculationOn());
            return "batch-dispatched";
        } else if (transition instanceof BatchAccepted accepted) {
            batch(json, accepted.batch(), accepted.attempt());
            json.put("remote", accepted.remoteId());
            Fields.put(json, "node", accepted.node());
            return "batch-accepted";
        } else if (transition instanceof BatchShortened shortened) {
            batch(json, shortened.batch(), shortened.attempt());
            json.set("kept", FrameCodec.encode(shortened.kept()));
            return "batch-shortened";
        } else if (transition instanceof FramesAccepted frames) {
            batch(json, frames.batch(), frames.attempt());
            json.set("outputs", FrameCodec.encodeOutputs(frames.frames()));
            return "frames-accepted";
        } else if (transition instanceof FramesUnverified frames) {
            batch(json, frames.batch(), frames.attempt());
            json.set(FRAMES, FrameCodec.encode(frames.frames()));
            return "frames-unverified";
        } else if (transition instanceof BatchEnded ended) {
            batch(json, ended.batch(), ended.attempt());
            json.put("outcome", ended.outcome().name());
            FailureCodec.put(json, FAILURE, ended.failure());
            Fields.put(json, "executedBy", ended.executedBy());
            return "batch-ended";
        } else if (transition instanceof FramesFailed failed) {
            json.set(FRAMES, FrameCodec.encode(failed.frames()));
            FailureCodec.put(json, FAILURE, failed.failure());
            return "frames-failed";
        } else if (transition instanceof FramesRetried retried) {
            json.set(FRAMES, FrameCodec.encode(retried.frames()));
            return "frames-retried";
        } else if (transition instanceof JobPaused) {
            return "job-paused";
        } else if (transition instanceof JobResumed) {
            return "job-resumed";
        } else if (transition instanceof JobReprioritized changed) {
            json.put("priority", changed.priority());
            return "job-reprioritized";
        } else if (transition instanceof JobEnded ended) {
            json.put("state", ended.state().name());
            FailureCodec.put(json, FAILURE, ended.failure());
            return "job-ended";
        } else if (transition instanceof JobForgotten) {
            return FORGOTTEN;
        }
        throw new IllegalArgumentException("this store does not know how to keep a "
                + transition.getClass().getSimpleName());
    }

    private static void batch(ObjectNode json, BatchId batch, AttemptId attempt) {
        json.put(BATCH, batch.value());
        json.put(ATTEMPT, attempt.toString());
    }

    /**
     * Reads a row.
     *
     * @throws StoreException if the row was written by a newer version, or is damaged
     */
    JobTransition decode(String job, String kind, int form, String body) {
        if (form > FORM) {
            throw new StoreException(
                    "job " + job + ": a '" + kind + "' is kept in form " + form + ", and this version reads up to form "
                            + FORM + ": use the newer version that wrote it",
                    null);
        }
        try {
            Fields fields = Fields.read(body);
            return decode(new JobId(job), kind, fields.instant("at"), fields);
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            throw new StoreException("job " + job + ": a '" + kind + "' that is kept cannot be read: " + why(e), e);
        }
    }

    private static String why(Exception e) {
        return e instanceof JsonProcessingException json ? json.getOriginalMessage() : String.valueOf(e.getMessage());
    }

    private static JobTransition decode(JobId job, String kind, Instant at, Fields json)
            throws JsonProcessingException {
        return switch (kind) {
            case "job-submitted" ->
                new JobSubmitted(at, job, RequestCodec.decode(json.object("request")), Path.of(json.text("folder")));
            case "batch-dispatched" ->
                new BatchDispatched(
                        at,
                        job,
                        json.batch(BATCH),
                        FrameCodec.decode(json.node(FRAMES)),
                        json.attempt(ATTEMPT),
                        URI.create(json.text("target")),
                        json.nodeIdOrNull("node"),
                        json.integer("try"),
                        json.batchOrNull("speculationOn"));
            case "batch-accepted" ->
                new BatchAccepted(
                        at,
                        job,
                        json.batch(BATCH),
                        json.attempt(ATTEMPT),
                        json.text("remote"),
                        json.nodeIdOrNull("node"));
            case "batch-shortened" ->
                new BatchShortened(
                        at, job, json.batch(BATCH), json.attempt(ATTEMPT), FrameCodec.decode(json.node("kept")));
            case "frames-accepted" ->
                new FramesAccepted(
                        at,
                        job,
                        json.batch(BATCH),
                        json.attempt(ATTEMPT),
                        FrameCodec.decodeOutputs(json.list("outputs")));
            case "frames-unverified" ->
                new FramesUnverified(
                        at, job, json.batch(BATCH), json.attempt(ATTEMPT), FrameCodec.decode(json.node(FRAMES)));
            case "batch-ended" ->
                new BatchEnded(
                        at,
                        job,
                        json.batch(BATCH),
                        json.attempt(ATTEMPT),
                        json.constant("outcome", BatchOutcome.class),
                        FailureCodec.decode(json.objectOrNull(FAILURE)),
                        json.nodeIdOrNull("executedBy"));
            case "frames-failed" ->
                new FramesFailed(
                        at, job, FrameCodec.decode(json.node(FRAMES)), FailureCodec.decodeOne(json.object(FAILURE)));
            case "frames-retried" -> new FramesRetried(at, job, FrameCodec.decode(json.node(FRAMES)));
            case "job-paused" -> new JobPaused(at, job);
            case "job-resumed" -> new JobResumed(at, job);
            case "job-reprioritized" -> new JobReprioritized(at, job, json.integer("priority"));
            case "job-ended" ->
                new JobEnded(
                        at,
                        job,
                        json.constant("state", JobState.class),
                        FailureCodec.decode(json.objectOrNull(FAILURE)));
            case FORGOTTEN -> new JobForgotten(at, job);
            default ->
                throw new IllegalArgumentException(
                        "this version does not know that kind: use the newer version that wrote it");
        };
    }
}
