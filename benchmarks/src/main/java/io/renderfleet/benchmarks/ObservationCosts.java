package io.renderfleet.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.metrics.FarmMeters;
import io.renderfleet.metrics.MeasuredTransport;
import io.renderfleet.tracing.otel.OtelTracing;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What it costs to watch: batches through the engine, each of one frame that is listed, fetched and published to nowhere, with tracing
 * off, of one job in a hundred, and of all, and with meters, beside a farm that nobody watches. All run in turn in one JVM; what is
 * compared is processor time, of everything in it, so that spans that are made and thrown away count too.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.ObservationCosts 9"
 * </pre>
 *
 * <p>Argument: how many rounds count (default 9), after three that do not.
 */
public final class ObservationCosts {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int JOBS = 100;
    private static final int BATCHES = 1_000;
    private static final int NODES = 64;
    private static final int WARM_UP = 3;

    private enum Watched {
        NOT("not"),
        OFF("tracing off"),
        HUNDREDTH("tracing of 1 %"),
        ALL("tracing of all"),
        METERS("meters"),
        ALL_AND_METERS("tracing of all, and meters");

        private final String words;

        Watched(String words) {
            this.words = words;
        }
    }

    /** Takes spans and forgets them. */
    private static final class Nowhere implements SpanExporter {
        private final LongAdder spans = new LongAdder();

        @Override
        public CompletableResultCode export(Collection<SpanData> batch) {
            spans.add(batch.size());
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private ObservationCosts() {}

    /**
     * Runs the rounds and prints the table.
     *
     * @param args how many rounds count
     */
    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 9;
        Map<Watched, List<Double>> micros = new EnumMap<>(Watched.class);
        Map<Watched, Long> spans = new EnumMap<>(Watched.class);
        for (int round = 0; round < WARM_UP + rounds; round++) {
            for (Watched watched : Watched.values()) {
                Nowhere nowhere = new Nowhere();
                double cost = cost(watched, nowhere);
                if (round >= WARM_UP) {
                    micros.computeIfAbsent(watched, unused -> new ArrayList<>()).add(cost);
                    spans.merge(watched, nowhere.spans.sum(), Long::sum);
                }
            }
        }
        double bare = median(micros.getOrDefault(Watched.NOT, List.of(1.0)));
        System.out.println("| watched | us of processor time a batch | beside nothing | spans a batch |");
        System.out.println("|---|---|---|---|");
        micros.forEach((watched, costs) -> System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.3f |%n",
                watched.words,
                median(costs),
                median(costs) / bare,
                spans.getOrDefault(watched, 0L) / (double) (rounds * JOBS * BATCHES)));
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double cost(Watched watched, SpanExporter exporter) {
        MeterRegistry registry = new SimpleMeterRegistry();
        boolean meters = watched == Watched.METERS || watched == Watched.ALL_AND_METERS;
        RenderTransport transport = new NoOpTransport(true, 1);
        try (Telemetry telemetry = telemetry(watched, exporter)) {
            RenderExecutorBuilder builder = RenderExecutor.builder()
                    .outputs(new NoOutputs())
                    .transport(meters ? new MeasuredTransport(transport, registry) : transport);
            for (int i = 0; i < NODES; i++) {
                builder.target(new Target.Machine(URI.create("noop:n" + i)));
            }
            if (watched != Watched.NOT && watched != Watched.METERS) {
                builder.listener(OtelTracing.of(telemetry.api()).farm());
            }
            try (RenderExecutor farm = builder.build()) {
                if (meters) {
                    var unused = new FarmMeters(farm, registry);
                }
                long began = SYSTEM.getProcessCpuTime();
                render(farm);
                telemetry.flush();
                return (SYSTEM.getProcessCpuTime() - began) / 1e3 / (JOBS * BATCHES);
            }
        }
    }

    private static void render(RenderExecutor farm) {
        RenderRequest request = RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, BATCHES))
                .batchSize(1);
        List<CompletableFuture<RenderResult>> ends = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            ends.add(farm.submit(request).completion());
        }
        for (CompletableFuture<RenderResult> end : ends) {
            if (end.join().frames().size() != BATCHES) {
                throw new IllegalStateException(
                        "not every frame was done: " + end.join().failure());
            }
        }
    }

    /** What makes spans, and what must be ended with it. */
    private record Telemetry(OpenTelemetry api, List<SdkTracerProvider> providers) implements AutoCloseable {
        void flush() {
            providers.forEach(provider -> provider.forceFlush().join(10, TimeUnit.SECONDS));
        }

        @Override
        public void close() {
            providers.forEach(SdkTracerProvider::close);
        }
    }

    private static Telemetry telemetry(Watched watched, SpanExporter exporter) {
        Sampler sampler = switch (watched) {
            case HUNDREDTH -> Sampler.traceIdRatioBased(0.01);
            case ALL, ALL_AND_METERS -> Sampler.alwaysOn();
            case NOT, OFF, METERS -> Sampler.alwaysOff();
        };
        if (watched == Watched.NOT || watched == Watched.METERS) {
            return new Telemetry(OpenTelemetry.noop(), List.of());
        }
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setSampler(Sampler.parentBased(sampler))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setMaxQueueSize(65_536)
                        .build())
                .build();
        return new Telemetry(
                OpenTelemetrySdk.builder().setTracerProvider(provider).build(), List.of(provider));
    }
}
