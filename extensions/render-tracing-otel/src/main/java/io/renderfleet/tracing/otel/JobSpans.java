package io.renderfleet.tracing.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The spans of one job. */
final class JobSpans {
    /** So many attempts that were not completed are remembered for links. */
    private static final int MOST_LINKED = 64;

    /** The text of a frame set in an attribute, in characters; longer ones are cut. */
    private static final int LONGEST_TEXT = 200;

    /** An attempt whose frames others have to render. */
    private record Unfinished(FrameSet frames, SpanContext span) {}

    /** An attempt that has not ended. */
    private record Open(BatchId batch, FrameSet frames, Span span, Span dispatch) {
        /** A dispatch that has ended, since a node took the batch, keeps its end. */
        void end(Instant at) {
            dispatch.end(at);
            span.end(at);
        }
    }

    private final Tracer tracer;
    private final Span job;
    private final Context below;
    private final Map<AttemptId, Open> open = new HashMap<>();
    private final Deque<Unfinished> unfinished = new ArrayDeque<>();
    private @Nullable Span queue;

    JobSpans(Tracer tracer, JobTransition.JobSubmitted submitted) {
        this.tracer = tracer;
        this.job = jobSpan(tracer, submitted);
        this.below = Context.root().with(job);
        this.queue = tracer.spanBuilder("queue")
                .setParent(below)
                .setStartTimestamp(submitted.at())
                .startSpan();
    }

    private static Span jobSpan(Tracer tracer, JobTransition.JobSubmitted submitted) {
        SpanBuilder builder = tracer.spanBuilder("render job")
                .setSpanKind(SpanKind.INTERNAL)
                .setStartTimestamp(submitted.at())
                .setAttribute(Names.JOB, submitted.job().value())
                .setAttribute(Names.FRAMES, text(submitted.request().frames()))
                .setAttribute(
                        Names.FRAME_COUNT, (long) submitted.request().frames().size());
        submitted.request().owner().ifPresent(owner -> builder.setAttribute(Names.OWNER, owner));
        SpanContext caller =
                submitted.request().traceparent().map(Traceparent::read).orElse(SpanContext.getInvalid());
        if (!caller.isValid()) {
            return builder.setNoParent().startSpan();
        }
        if (Traceparent.isBeginning(caller)) {
            return startedAs(builder.setNoParent(), caller);
        }
        return builder.setParent(Context.root().with(Span.wrap(caller))).startSpan();
    }

    /** Starts a span with ids that were told before there was one. */
    private static Span startedAs(SpanBuilder builder, SpanContext ids) {
        return AttemptIds.foreseeing(Context.current(), ids)
                .wrapSupplier(builder::startSpan)
                .get();
    }

    void follow(JobTransition transition) {
        if (transition instanceof JobTransition.BatchDispatched it) {
            dispatched(it);
        } else if (transition instanceof JobTransition.BatchAccepted it) {
            taken(it);
        } else if (transition instanceof JobTransition.FramesAccepted it) {
            accepted(it);
        } else if (transition instanceof JobTransition.BatchEnded it) {
            ended(it);
        } else if (transition instanceof JobTransition.FramesFailed it) {
            Names.fail(job, it.failure(), it.at());
        } else if (transition instanceof JobTransition.JobEnded it) {
            ended(it);
        }
    }

    private void dispatched(JobTransition.BatchDispatched it) {
        leaveQueue(it.at());
        SpanBuilder builder = tracer.spanBuilder("attempt")
                .setSpanKind(SpanKind.CLIENT)
                .setParent(below)
                .setStartTimestamp(it.at())
                .setAttribute(Names.BATCH, it.batch().toString())
                .setAttribute(Names.ATTEMPT, it.attempt().toString())
                .setAttribute(Names.FRAMES, text(it.frames()))
                .setAttribute(Names.TRY, (long) it.tryNumber());
        if (it.node() != null) {
            builder.setAttribute(Names.NODE, it.node().value());
        }
        unfinished.stream()
                .filter(before -> !before.frames().intersect(it.frames()).isEmpty())
                .forEach(before -> builder.addLink(before.span(), Attributes.of(Names.WHY, "again")));
        open.values().stream()
                .filter(beside -> beside.batch().equals(it.speculationOn()))
                .forEach(beside -> builder.addLink(beside.span().getSpanContext(), Attributes.of(Names.WHY, "beside")));
        Span span = startedAs(
                builder,
                SpanContext.create(
                        job.getSpanContext().getTraceId(),
                        it.attempt().spanId(),
                        TraceFlags.getSampled(),
                        TraceState.getDefault()));
        Span dispatch = tracer.spanBuilder("dispatch")
                .setParent(Context.root().with(span))
                .setStartTimestamp(it.at())
                .startSpan();
        open.put(it.attempt(), new Open(it.batch(), it.frames(), span, dispatch));
    }

    private void leaveQueue(Instant at) {
        if (queue != null) {
            queue.end(at);
            queue = null;
        }
    }

    private void taken(JobTransition.BatchAccepted it) {
        Open attempt = open.get(it.attempt());
        if (attempt != null) {
            attempt.dispatch().end(it.at());
            if (it.node() != null) {
                attempt.span().setAttribute(Names.NODE, it.node().value());
            }
        }
    }

    private void accepted(JobTransition.FramesAccepted it) {
        Open attempt = open.get(it.attempt());
        if (attempt != null) {
            FrameSet frames = FrameSet.of(
                    it.frames().stream().mapToInt(FrameOutput::frame).toArray());
            attempt.span().addEvent("frames accepted", Attributes.of(Names.FRAMES, text(frames)), it.at());
        }
    }

    private void ended(JobTransition.BatchEnded it) {
        Open attempt = open.remove(it.attempt());
        if (attempt == null) {
            return;
        }
        Span span = attempt.span();
        span.setAttribute(Names.OUTCOME, it.outcome().name());
        if (it.executedBy() != null) {
            span.setAttribute(Names.NODE, it.executedBy().value());
        }
        if (it.failure() != null) {
            Names.fail(span, it.failure(), it.at());
        }
        if (it.outcome() == BatchOutcome.FAILED || it.outcome() == BatchOutcome.LOST) {
            unfinished.addLast(new Unfinished(attempt.frames(), span.getSpanContext()));
            if (unfinished.size() > MOST_LINKED) {
                unfinished.removeFirst();
            }
        }
        attempt.end(it.at());
    }

    private void ended(JobTransition.JobEnded it) {
        leaveQueue(it.at());
        open.values().forEach(attempt -> attempt.end(it.at()));
        job.setAttribute(Names.STATE, it.state().name());
        if (it.failure() != null) {
            Names.fail(job, it.failure(), it.at());
        } else if (it.state() == JobState.COMPLETED) {
            job.setStatus(StatusCode.OK);
        }
        job.end(it.at());
    }

    private static String text(FrameSet frames) {
        String text = frames.toString();
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }
}
