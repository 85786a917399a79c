package io.renderfleet.tracing.otel;

import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.renderfleet.core.spi.Tracing;
import io.renderfleet.core.spi.TracingKind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Starts the OpenTelemetry SDK as its own variables say, where one of these is set: {@code OTEL_EXPORTER_OTLP_ENDPOINT}, {@code
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT}, {@code OTEL_TRACES_EXPORTER} (unless it is {@code none}). It sends by OTLP over HTTP. {@code
 * OTEL_SDK_DISABLED=true} turns it off.
 */
public final class OtelTracingKind implements TracingKind {
    private static final String PREFIX = "OTEL_";
    private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
    private static final List<String> ENDPOINTS =
            List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");

    /** Called by the loader of services. */
    public OtelTracingKind() {}

    @Override
    public Optional<Tracing> start(String service, Map<String, String> environment) {
        if (!isAskedFor(environment)) {
            return Optional.empty();
        }
        Map<String, String> properties = new HashMap<>(Map.of(
                "otel.service.name", service,
                "otel.traces.exporter", "otlp",
                "otel.metrics.exporter", "none",
                "otel.logs.exporter", "none",
                "otel.exporter.otlp.protocol", "http/protobuf"));
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !value.isBlank()) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        try {
            return Optional.of(OtelTracing.owning(AutoConfiguredOpenTelemetrySdk.builder()
                    .addPropertiesCustomizer(read -> properties)
                    .disableShutdownHook()
                    .build()
                    .getOpenTelemetrySdk()));
        } catch (ConfigurationException | IllegalStateException wrong) {
            throw new IllegalArgumentException("tracing cannot start: " + wrong.getMessage(), wrong);
        }
    }

    private static boolean isAskedFor(Map<String, String> environment) {
        String exporter = environment.getOrDefault(EXPORTER, "");
        boolean isOff = Boolean.parseBoolean(environment.get("OTEL_SDK_DISABLED")) || exporter.equals("none");
        return !isOff
                && (!exporter.isBlank()
                        || ENDPOINTS.stream()
                                .anyMatch(name ->
                                        !environment.getOrDefault(name, "").isBlank()));
    }
}
