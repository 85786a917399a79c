package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
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
import io.renderfleet.core.event.JobTransition.JobWarned;
import io.renderfleet.core.event.JobTransition.SceneReported;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.spi.StoreException;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes transitions as rows and reads them back, also those of earlier versions.
 *
 * <p>The names of kinds and fields are part of what is stored: they are never changed, and what is added is optional for the reader.
 * A change that an earlier version would read wrongly gets a form of its own, so that it refuses instead. Thread-safe.
 */
final class TransitionCodec {
    /** The version of the form in which a single transition is written. */
    private static final int FORM = 1;

    /** The one in which several are, in a list, each with its kind. */
    private static final int FORM_OF_SEVERAL = 2;

    private static final String SEVERAL = "several";
    private static final String KIND = "kind";
    private static final String FORGOTTEN = "job-forgotten";

    private static final Map<Class<? extends JobTransition>, String> KINDS = Map.ofEntries(
            Map.entry(JobSubmitted.class, "job-submitted"),
            Map.entry(BatchDispatched.class, "batch-dispatched"),
            Map.entry(BatchAccepted.class, "batch-accepted"),
            Map.entry(BatchShortened.class, "batch-shortened"),
            Map.entry(FramesAccepted.class, "frames-accepted"),
            Map.entry(FramesUnverified.class, "frames-unverified"),
            Map.entry(BatchEnded.class, "batch-ended"),
            Map.entry(FramesFailed.class, "frames-failed"),
            Map.entry(FramesRetried.class, "frames-retried"),
            Map.entry(JobWarned.class, "job-warned"),
            Map.entry(SceneReported.class, "scene-reported"),
            Map.entry(JobPaused.class, "job-paused"),
            Map.entry(JobResumed.class, "job-resumed"),
            Map.entry(JobReprioritized.class, "job-reprioritized"),
            Map.entry(JobEnded.class, "job-ended"),
            Map.entry(JobForgotten.class, FORGOTTEN));

    /** Of these there is nothing to keep but that they happened. */
    private static final Set<Class<? extends JobTransition>> BARE =
            Set.of(JobPaused.class, JobResumed.class, JobForgotten.class);

    /** About how long a transition is. */
    private static final int BYTES_EACH = 256;

    private static final String BATCH = "batch";
    private static final String ATTEMPT = "attempt";
    private static final String FRAMES = "frames";
    private static final String FAILURE = "failure";
    private static final String FACTS = "facts";
    private static final String WARNINGS = "warnings";
    private static final String SCENE = "scene";

    /** Writes transitions of one job that follow each other, at least one, as a row. */
    TransitionRow encode(List<JobTransition> transitions) {
        JobTransition last = transitions.get(transitions.size() - 1);
        boolean several = transitions.size() > 1;
        StringWriter body = new StringWriter(BYTES_EACH * transitions.size());
        try (JsonGenerator json = Fields.MAPPER.createGenerator(body)) {
            if (several) {
                json.writeStartArray();
                for (JobTransition transition : transitions) {
                    json.writeStartObject();
                    json.writeStringField(KIND, kind(transition));
                    encode(transition, json);
                }
                json.writeEndArray();
            } else {
                json.writeStartObject();
                encode(last, json);
            }
        } catch (IOException e) {
            throw new IllegalStateException("a text can always be written", e);
        }
        return new TransitionRow(
                last.job().value(),
                several ? SEVERAL : kind(last),
                several ? FORM_OF_SEVERAL : FORM,
                last.at(),
                body.toString());
    }

    private static String kind(JobTransition transition) {
        String kind = KINDS.get(transition.getClass());
        if (kind == null) {
            throw new IllegalArgumentException("this store does not know how to keep a "
                    + transition.getClass().getSimpleName());
        }
        return kind;
    }

    /** Writes the fields of an object that has begun, and ends it. */
    private static void encode(JobTransition transition, JsonGenerator json) throws IOException {
        json.writeStringField("at", transition.at().toString());
        if (transition instanceof JobSubmitted submitted) {
            json.writeStringField("folder", submitted.folder().toString());
            json.writeObjectField("request", RequestCodec.encode(submitted.request()));
        } else if (transition instanceof BatchDispatched dispatched) {
            batch(json, dispatched.batch(), dispatched.attempt());
            FrameCodec.write(json, FRAMES, dispatched.frames());
            json.writeStringField("target", dispatched.target().toString());
            Fields.write(json, "node", dispatched.node());
            json.writeNumberField("try", dispatched.tryNumber());
            Fields.write(json, "speculationOn", dispatched.speculationOn());
            if (dispatched.scene() != SceneUse.AS_SENT) {
                json.writeStringField(SCENE, dispatched.scene().name());
            }
        } else if (transition instanceof BatchAccepted accepted) {
            batch(json, accepted.batch(), accepted.attempt());
            json.writeStringField("remote", accepted.remoteId());
            Fields.write(json, "node", accepted.node());
        } else if (transition instanceof BatchShortened shortened) {
            batch(json, shortened.batch(), shortened.attempt());
            FrameCodec.write(json, "kept", shortened.kept());
        } else if (transition instanceof FramesAccepted frames) {
            batch(json, frames.batch(), frames.attempt());
            FrameCodec.write(json, "outputs", frames.frames());
        } else if (transition instanceof FramesUnverified frames) {
            batch(json, frames.batch(), frames.attempt());
            FrameCodec.write(json, FRAMES, frames.frames());
        } else if (transition instanceof BatchEnded ended) {
            batch(json, ended.batch(), ended.attempt());
            json.writeStringField("outcome", ended.outcome().name());
            FailureCodec.write(json, FAILURE, ended.failure());
            Fields.write(json, "executedBy", ended.executedBy());
            FactsCodec.write(json, FACTS, ended.facts());
        } else if (transition instanceof FramesFailed failed) {
            FrameCodec.write(json, FRAMES, failed.frames());
            FailureCodec.write(json, FAILURE, failed.failure());
        } else if (transition instanceof FramesRetried retried) {
            FrameCodec.write(json, FRAMES, retried.frames());
        } else if (transition instanceof JobWarned warned) {
            WarningCodec.write(json, WARNINGS, warned.warnings());
        } else if (transition instanceof SceneReported report) {
            SceneReportCodec.write(json, report);
        } else if (transition instanceof JobReprioritized changed) {
            json.writeNumberField("priority", changed.priority());
        } else if (transition instanceof JobEnded ended) {
            json.writeStringField("state", ended.state().name());
            FailureCodec.write(json, FAILURE, ended.failure());
        } else if (!BARE.contains(transition.getClass())) {
            throw new IllegalArgumentException(
                    "this store does not know what a " + transition.getClass().getSimpleName() + " holds");
        }
        json.writeEndObject();
    }

    private static void batch(JsonGenerator json, BatchId batch, AttemptId attempt) throws IOException {
        json.writeStringField(BATCH, batch.value());
        json.writeStringField(ATTEMPT, attempt.toString());
    }

    /**
     * Reads a row.
     *
     * @return what it holds, in order
     * @throws StoreException if the row was written by a newer version, or is damaged
     */
    List<JobTransition> decode(String job, String kind, int form, String body) {
        if (form > FORM_OF_SEVERAL) {
            throw new StoreException(
                    "job " + job + ": a '" + kind + "' is kept in form " + form + ", and this version reads up to form "
                            + FORM_OF_SEVERAL + ": use the newer version that wrote it",
                    null);
        }
        String current = kind;
        try {
            if (form == FORM) {
                return List.of(decode(new JobId(job), kind, Fields.read(body)));
            }
            List<JobTransition> all = new ArrayList<>();
            for (Fields one : Fields.readList(body)) {
                current = one.text(KIND);
                all.add(decode(new JobId(job), current, one));
            }
            return all;
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            throw new StoreException("job " + job + ": a '" + current + "' that is kept cannot be read: " + why(e), e);
        }
    }

    private static String why(Exception e) {
        return e instanceof JsonProcessingException json ? json.getOriginalMessage() : String.valueOf(e.getMessage());
    }

    private static JobTransition decode(JobId job, String kind, Fields json) throws JsonProcessingException {
        Instant at = json.instant("at");
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
                        json.batchOrNull("speculationOn"),
                        json.constant(SCENE, SceneUse.class, SceneUse.AS_SENT));
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
                        json.nodeIdOrNull("executedBy"),
                        FactsCodec.decode(json.objectOrNull(FACTS)));
            case "frames-failed" ->
                new FramesFailed(
                        at, job, FrameCodec.decode(json.node(FRAMES)), FailureCodec.decodeOne(json.object(FAILURE)));
            case "frames-retried" -> new FramesRetried(at, job, FrameCodec.decode(json.node(FRAMES)));
            case "job-warned" -> new JobWarned(at, job, WarningCodec.decode(json.list(WARNINGS)));
            case "scene-reported" -> SceneReportCodec.decode(at, job, json);
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
