package io.renderfleet.tracing.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderTask;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The spans of one run, made from what its engine tells on the way to the node. */
final class RunSpans implements EngineSink {
    private static final int MOST_FRAMES = 1_000;

    private final Tracer tracer;
    private final Span run;
    private final EngineSink sink;
    private final Map<Integer, Span> frames = new HashMap<>();
    private int begun;
    private long peakMemory;

    RunSpans(Tracer tracer, SpanContext attempt, RenderTask task, EngineInfo engine, EngineSink sink) {
        this.tracer = tracer;
        this.sink = sink;
        this.run = tracer.spanBuilder("render")
                .setSpanKind(SpanKind.SERVER)
                .setParent(Context.root().with(Span.wrap(attempt)))
                .setAttribute(Names.BATCH, task.name())
                .setAttribute(Names.FRAME_COUNT, (long) task.frames().size())
                .setAttribute(Names.RENDERER, engine.name() + " " + engine.version())
                .startSpan();
    }

    @Override
    public void accept(EngineEvent event) {
        follow(event);
        sink.accept(event);
    }

    private synchronized void follow(EngineEvent event) {
        if (event instanceof EngineEvent.FrameStarted it) {
            begin(it.frame());
        } else if (event instanceof EngineEvent.SceneLoaded) {
            run.addEvent("scene loaded");
        } else if (event instanceof EngineEvent.MemoryUsed it) {
            peakMemory = Math.max(peakMemory, it.peakBytes());
        } else if (event instanceof EngineEvent.FrameSaved it) {
            Span frame = frames.remove(it.frame());
            if (frame != null) {
                frame.end();
            }
        } else if (event instanceof EngineEvent.FrameFailed it) {
            Span frame = frames.remove(it.frame());
            Span failed = frame == null ? run : frame;
            Names.fail(failed, it.failure(), Instant.now());
            if (frame != null) {
                frame.end();
            }
        } else if (event instanceof EngineEvent.Ended it) {
            end(it);
        }
    }

    /** A frame that is begun again, as after a crash, has a span for each time. */
    private void begin(int frame) {
        Span before = frames.remove(frame);
        if (before != null) {
            before.end();
        }
        if (begun < MOST_FRAMES) {
            begun++;
            frames.put(
                    frame,
                    tracer.spanBuilder("frame")
                            .setParent(Context.root().with(run))
                            .setAttribute(Names.FRAME, (long) frame)
                            .startSpan());
        }
    }

    private void end(EngineEvent.Ended it) {
        frames.values().forEach(Span::end);
        frames.clear();
        if (peakMemory > 0) {
            run.setAttribute(Names.PEAK_MEMORY, peakMemory);
        }
        if (it.failure() != null) {
            Names.fail(run, it.failure(), Instant.now());
        }
        run.end();
    }
}
