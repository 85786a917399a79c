package io.renderfleet.tracing.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Spans for OpenTelemetry")
@Timeout(60)
class OtelTracingTest {
    private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
    private static final JobId JOB = new JobId("shot-1");
    private static final Path OUT = Path.of("out").toAbsolutePath();

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetry telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .setIdGenerator(new AttemptIds())
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final OtelTracing tracing = OtelTracing.of(telemetry);

    private List<SpanData> spans(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static AttemptId attempt(int seq) {
        return new AttemptId("f-1", 1, seq);
    }

    private static JobTransition.JobSubmitted submitted(String frames, String traceparent) {
        return new JobTransition.JobSubmitted(
                AT, JOB, RenderRequest.of(Scene.nodeDefault(), frames).traceparent(traceparent), OUT);
    }

    private static JobTransition.BatchDispatched dispatched(
            int seq, String frames, int tried, @Nullable BatchId beside) {
        return new JobTransition.BatchDispatched(
                AT.plusSeconds(seq),
                JOB,
                new BatchId("" + seq),
                FrameSet.parse(frames),
                attempt(seq),
                URI.create("http://10.0.0." + seq),
                new NodeId("n" + seq),
                tried,
                beside,
                SceneUse.AS_SENT);
    }

    private static JobTransition.BatchEnded ended(int seq, BatchOutcome outcome, @Nullable Failure failure) {
        return new JobTransition.BatchEnded(
                AT.plusSeconds(10 + seq),
                JOB,
                new BatchId("" + seq),
                attempt(seq),
                outcome,
                failure,
                null,
                AttemptFacts.NONE);
    }

    @Test
    @DisplayName("are one tree from the caller's span to each frame")
    void oneTree(@TempDir Path folder) throws Exception {
        InProcessTransport transport = new InProcessTransport();
        Span caller = telemetry.getTracer("test").spanBuilder("caller").startSpan();
        try (RenderNode node = RenderNode.builder()
                        .engine(tracing.node(new TestPatternEngine(Duration.ZERO)))
                        .outputRoot(folder.resolve("node"))
                        .build();
                RenderExecutor farm = RenderExecutor.builder()
                        .renderer("test-pattern")
                        .transport(transport)
                        .nodes("inproc:a")
                        .outputRoot(folder.resolve("out"))
                        .listener(tracing.farm())
                        .build()) {
            transport.add("a", node);
            RenderRequest request = RenderRequest.of(Scene.nodeDefault(), "1-6")
                    .settings(RenderSettings.builder().width(16).height(16).build());
            try (Scope scope = caller.makeCurrent()) {
                assertThat(scope).isNotNull();
                request = OtelTracing.inCurrentTrace(request);
            }
            farm.submit(request.batchSize(3))
                    .completion()
                    .get(50, TimeUnit.SECONDS)
                    .orThrow();
        }
        caller.end();

        assertThat(exporter.getFinishedSpanItems())
                .extracting(SpanData::getTraceId)
                .containsOnly(caller.getSpanContext().getTraceId());
        SpanData job = spans("render job").get(0);
        assertThat(job.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
        assertThat(job.getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
        List<SpanData> attempts = spans("attempt");
        assertThat(attempts).hasSize(2).extracting(SpanData::getParentSpanId).containsOnly(job.getSpanId());
        assertThat(spans("render"))
                .extracting(SpanData::getParentSpanId)
                .containsExactlyInAnyOrderElementsOf(
                        attempts.stream().map(SpanData::getSpanId).toList());
        assertThat(spans("frame"))
                .hasSize(6)
                .allSatisfy(frame -> assertThat(spans("render"))
                        .extracting(SpanData::getSpanId)
                        .contains(frame.getParentSpanId()))
                .extracting(frame -> frame.getAttributes().get(Names.FRAME))
                .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(spans("queue")).hasSize(1);
        assertThat(spans("dispatch"))
                .extracting(SpanData::getParentSpanId)
                .containsExactlyInAnyOrderElementsOf(
                        attempts.stream().map(SpanData::getSpanId).toList());
    }

    @Test
    @DisplayName("are linked where frames are rendered again or beside, and say why an attempt failed")
    void links() {
        RenderListener farm = tracing.farm();
        farm.onTransition(submitted("1-4", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        farm.onTransition(dispatched(1, "1-4", 1, null));
        farm.onTransition(ended(1, BatchOutcome.LOST, Failure.of(FailureKind.NODE_LOST, "gone")));
        farm.onTransition(dispatched(2, "1-4", 1, null));
        farm.onTransition(dispatched(3, "3,4", 1, new BatchId("2")));
        farm.onTransition(ended(3, BatchOutcome.COMPLETED, null));
        farm.onTransition(ended(2, BatchOutcome.CANCELLED, null));
        farm.onTransition(new JobTransition.JobEnded(AT.plusSeconds(60), JOB, JobState.COMPLETED, null));

        assertThat(exporter.getFinishedSpanItems())
                .extracting(SpanData::getTraceId)
                .containsOnly("4bf92f3577b34da6a3ce929d0e0e4736");
        SpanData lost = attemptSpan(1);
        SpanData again = attemptSpan(2);
        SpanData beside = attemptSpan(3);
        assertThat(lost.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(lost.getEvents())
                .singleElement()
                .satisfies(event -> assertThat(event.getAttributes().get(Names.FAILURE_KIND))
                        .isEqualTo("NODE_LOST"));
        assertThat(again.getLinks()).extracting(OtelTracingTest::linked).containsExactly(lost.getSpanId() + " again");
        assertThat(beside.getLinks())
                .extracting(OtelTracingTest::linked)
                .containsExactly(lost.getSpanId() + " again", again.getSpanId() + " beside");
        assertThat(spans("render job").get(0).getEndEpochNanos())
                .isEqualTo(TimeUnit.SECONDS.toNanos(AT.plusSeconds(60).getEpochSecond()));
    }

    private SpanData attemptSpan(int seq) {
        return spans("attempt").stream()
                .filter(span -> span.getSpanId().equals(attempt(seq).spanId()))
                .findFirst()
                .orElseThrow();
    }

    private static String linked(LinkData link) {
        return link.getSpanContext().getSpanId() + " " + link.getAttributes().get(Names.WHY);
    }

    @Test
    @DisplayName("begin with the job where the trace began with its orchestrator")
    void beginning() {
        RenderListener farm = tracing.farm();
        farm.onTransition(submitted("1", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000001-01"));
        farm.onTransition(new JobTransition.JobEnded(
                AT, JOB, JobState.FAILED, Failure.of(FailureKind.MISSING_FILES, "sky.exr is missing")));

        SpanData job = spans("render job").get(0);
        assertThat(job.getTraceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(job.getParentSpanContext().isValid()).isFalse();
        assertThat(job.getStatus().getDescription()).isEqualTo("MISSING_FILES");
    }

    @Test
    @DisplayName("are made by programs only where the environment asks for them")
    void environment() {
        OtelTracingKind kind = new OtelTracingKind();

        assertThat(kind.start("render-node", Map.of())).isEmpty();
        assertThat(kind.start("render-node", Map.of("OTEL_TRACES_EXPORTER", "none")))
                .isEmpty();
        assertThat(kind.start(
                        "render-node",
                        Map.of("OTEL_SDK_DISABLED", "true", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")))
                .isEmpty();
    }
}
