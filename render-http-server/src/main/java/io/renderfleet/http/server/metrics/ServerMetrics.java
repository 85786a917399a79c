package io.renderfleet.http.server.metrics;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.CallObserver;
import io.renderfleet.http.server.Endpoint;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters of one server, and {@code GET /metrics} that shows them.
 *
 * <p>It measures the HTTP calls ({@code http_server_requests_seconds} by method, route and status) and the JVM; the server registers the
 * rest with {@link #registry()}. Thread-safe.
 *
 * <pre>{@code
 * ServerMetrics metrics = new ServerMetrics();
 * Gauge.builder("farm.jobs", farm, Farm::jobs).register(metrics.registry());
 * Router.builder().observer(metrics.observer()).route("GET", "/metrics", metrics.endpoint())…
 * }</pre>
 */
public final class ServerMetrics implements AutoCloseable {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Answered, Timer> timers = new ConcurrentHashMap<>();
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** Begins to measure the JVM. */
    public ServerMetrics() {
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /**
     * Gives where meters are registered.
     *
     * @return the registry
     */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /**
     * Returns what measures calls, for {@link io.renderfleet.http.server.Router.Builder#observer}.
     *
     * @return the observer
     */
    public CallObserver observer() {
        return this::answered;
    }

    private void answered(String method, String template, int status, Duration took) {
        String known = METHODS.contains(method) ? method : "other";
        timers.computeIfAbsent(new Answered(known, template, status), this::timer)
                .record(took);
    }

    private Timer timer(Answered sort) {
        return Timer.builder("http.server.requests")
                .description("Calls that were answered; a held poll takes as long as it is held")
                .tag("method", sort.method)
                .tag("uri", sort.template)
                .tag("status", Integer.toString(sort.status))
                .register(registry);
    }

    /** A sort of answers, of which there are as many as routes have methods and statuses. */
    private record Answered(String method, String template, int status) {}

    /**
     * Returns what answers {@code GET /metrics}: in the OpenMetrics format where {@code Accept} names it, else in Prometheus' own.
     *
     * @return the endpoint
     */
    public Endpoint endpoint() {
        return this::scrape;
    }

    private CompletionStage<Answer> scrape(Call call) {
        boolean open = call.header("Accept").orElse("").contains("application/openmetrics-text");
        String type = open ? OPEN_METRICS : PROMETHEUS;
        return Answer.text(200, type, registry.scrape(type))
                .with("Vary", "Accept")
                .now();
    }

    /** Measures no more. Can be called twice. */
    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
