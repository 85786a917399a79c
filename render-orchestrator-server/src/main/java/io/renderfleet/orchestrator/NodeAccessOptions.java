package io.renderfleet.orchestrator;

import io.renderfleet.http.server.cli.TlsOptions;
import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.orchestrator.nodekey.NodeKeys;
import io.renderfleet.transport.http.HttpTransport;
import io.renderfleet.transport.http.HttpTransportBuilder;
import io.renderfleet.transport.http.NodeTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how the orchestrator gets into its nodes. */
final class NodeAccessOptions {
    @Option(
            names = "--node-token-file",
            paramLabel = "FILE",
            description =
                    "Holds the token that listed and discovered nodes want: TOKEN for all of them, or lines of URL TOKEN; read"
                            + " again when it changes. Nodes that register tell a key of their own.")
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
        NodeTokens listed = listed(environmentToken);
        configured(listed, own);
        if (!own.insecureHttp()) {
            nodes.requireSafe(listed);
        }
    }

    /**
     * Makes what knows the tokens of nodes that do not register.
     *
     * @param environmentToken a token for the nodes from the environment, or null
     * @throws IOException if the file cannot be read
     */
    NodeTokens listed(@Nullable String environmentToken) throws IOException {
        if (tokenFile != null) {
            return NodeTokenFile.read(tokenFile, InstantSource.system());
        }
        Optional<String> all = TokenFile.tokens("--node-token-file", null, environmentToken).stream()
                .findFirst();
        return node -> all;
    }

    /**
     * Makes what calls the nodes.
     *
     * @param keys what to show to each node, and where each may be
     * @param own what protects the orchestrator's own connections
     * @param frames how fast they may come
     * @throws IOException if a file cannot be read
     */
    HttpTransport transport(NodeKeys keys, TlsOptions own, FrameOptions frames) throws IOException {
        HttpTransportBuilder transport = configured(keys, own).addresses(keys);
        frames.applyTo(transport);
        return transport.build();
    }

    private HttpTransportBuilder configured(NodeTokens tokens, TlsOptions own) throws IOException {
        HttpTransportBuilder transport =
                HttpTransport.builder().tokens(tokens).tls(own.client("--node-tls-", certificate, key, ca));
        if (own.insecureHttp()) {
            transport.insecureHttp();
        }
        return transport;
    }
}
