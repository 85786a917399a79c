package io.renderfleet.orchestrator;

import io.renderfleet.http.server.cli.TlsOptions;
import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.transport.http.HttpTransport;
import io.renderfleet.transport.http.HttpTransportBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how the orchestrator gets into its nodes. */
final class NodeAccessOptions {
    @Option(names = "--node-token-file", paramLabel = "FILE", description = "Holds the token that the nodes want.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--node-tls-ca",
            paramLabel = "FILE",
            description =
                    "Trusts nodes with a certificate of a CA in this PEM file (default: the CAs that Java trusts).")
    private @Nullable Path ca;

    @Option(
            names = "--node-tls-cert",
            paramLabel = "FILE",
            description = "The certificate to show to nodes that ask for one (default: --tls-cert).")
    private @Nullable Path certificate;

    @Option(
            names = "--node-tls-key",
            paramLabel = "FILE",
            description = "The key of --node-tls-cert (default: --tls-key).")
    private @Nullable Path key;

    /**
     * Checks what was set.
     *
     * @param nodes that are named
     * @param environmentToken a token for the nodes from the environment, or null
     * @param own what protects the orchestrator's own connections
     * @throws IllegalArgumentException if something cannot be used, or the token would go to a node in clear text
     * @throws IOException if a file cannot be read
     */
    void check(NodeOptions nodes, @Nullable String environmentToken, TlsOptions own) throws IOException {
        configured(environmentToken, own);
        if (!own.insecureHttp() && !tokens(environmentToken).isEmpty()) {
            nodes.requireTokensAreSafe();
        }
    }

    /**
     * Makes what calls the nodes.
     *
     * @param environmentToken a token for the nodes from the environment, or null
     * @param own what protects the orchestrator's own connections
     * @throws IOException if a file cannot be read
     */
    HttpTransport transport(@Nullable String environmentToken, TlsOptions own) throws IOException {
        return configured(environmentToken, own).build();
    }

    private HttpTransportBuilder configured(@Nullable String environmentToken, TlsOptions own) throws IOException {
        List<String> tokens = tokens(environmentToken);
        if (tokens.size() > 1) {
            throw new IllegalArgumentException("--node-token-file must hold one token, which all nodes want");
        }
        HttpTransportBuilder transport = HttpTransport.builder().tls(own.client("--node-tls-", certificate, key, ca));
        tokens.forEach(transport::token);
        if (own.insecureHttp()) {
            transport.insecureHttp();
        }
        return transport;
    }

    private List<String> tokens(@Nullable String environmentToken) throws IOException {
        return TokenFile.tokens("--node-token-file", tokenFile, environmentToken);
    }
}
