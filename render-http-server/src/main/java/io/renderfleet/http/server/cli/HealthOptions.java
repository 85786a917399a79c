package io.renderfleet.http.server.cli;

import io.renderfleet.http.server.Binding;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of a server that open a {@link io.renderfleet.http.server.HealthPort port for health checks and metrics}. */
public final class HealthOptions {
    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            description =
                    "A second port, 0 for a free one, that answers GET /health/live, /health/ready and /metrics only, without a"
                            + " token and over plain HTTP, also while clients have taken all connections (default: none).")
    private @Nullable Integer port;

    @Option(
            names = "--health-host",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description = "Address of --health-port (default: ${DEFAULT-VALUE}). Who reaches it can read the metrics.")
    private String host = "127.0.0.1";

    /** For picocli, which sets the fields. */
    public HealthOptions() {}

    /**
     * Names where to listen for health checks.
     *
     * @return the address, or empty where no port is set
     * @throws IllegalArgumentException if the port is out of range
     */
    public Optional<Binding> binding() {
        Flags.requireWithin("--health-port", port, 0, 65_535);
        return Optional.ofNullable(port).map(number -> Binding.plain(host, number));
    }
}
