package io.renderfleet.cli;

import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.tls.TlsFlags;
import io.renderfleet.transport.http.tls.WatchedTls;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options about TLS of every command that talks to an orchestrator. */
final class TlsOptions {
    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            defaultValue = "${env:RENDER_TLS_CA}",
            description = "A PEM file with the CA that signs orchestrators' certificates; default the CAs that Java"
                    + " trusts. Also by the variable RENDER_TLS_CA.")
    private @Nullable Path ca;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            defaultValue = "${env:RENDER_TLS_CERT}",
            description =
                    "A PEM file with your certificate, for an orchestrator that asks for one. Also by the variable"
                            + " RENDER_TLS_CERT.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            defaultValue = "${env:RENDER_TLS_KEY}",
            description = "A PEM file with the key of --tls-cert. Also by the variable RENDER_TLS_KEY.")
    private @Nullable Path key;

    @Option(
            names = "--insecure-http",
            defaultValue = "${env:RENDER_INSECURE_HTTP:-false}",
            description = "Send the token over plain http to other machines, for networks that are private. Also by the"
                    + " variable RENDER_INSECURE_HTTP=true.")
    private boolean insecureHttp;

    Access with(@Nullable String token) {
        if (ca == null && certificate == null && key == null) {
            return new Access(token, null, insecureHttp);
        }
        try {
            TlsFiles files = TlsFlags.files("--tls-", certificate, key, ca);
            return new Access(token, TlsFlags.named("--tls-", "ca", () -> WatchedTls.of(files)), insecureHttp);
        } catch (IllegalArgumentException wrong) {
            throw OrchestratorCommand.usage(String.valueOf(wrong.getMessage()));
        }
    }
}
