package io.renderfleet.node.server;

import io.renderfleet.http.server.cli.TokenFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which farm a node belongs to. */
final class FarmOptions {
    @Option(
            names = "--orchestrator",
            paramLabel = "URL",
            description =
                    "An orchestrator to register with, such as http://farm.example:4000; repeatable: the next one is"
                            + " asked where one does not answer.")
    private List<String> orchestrators = new ArrayList<>();

    @Option(
            names = "--orchestrator-token-file",
            paramLabel = "FILE",
            description = "Holds the token that the orchestrators want.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--advertise",
            paramLabel = "URL",
            description = "How orchestrators reach this node (default: host and port).")
    private @Nullable String advertise;

    private @Nullable String token;

    /**
     * Checks what was set.
     *
     * @param host which the node listens on
     * @param environmentToken a token for the orchestrators from the environment, or null
     * @throws IllegalArgumentException if something is wrong or does not go together, in one sentence
     * @throws IOException if a file cannot be read
     */
    void check(String host, @Nullable String environmentToken) throws IOException {
        if (orchestrators.isEmpty()) {
            if (tokenFile != null || advertise != null) {
                throw new IllegalArgumentException(
                        "--orchestrator-token-file and --advertise are for nodes that have an --orchestrator");
            }
            return;
        }
        try {
            KnownOrchestrators.of(orchestrators);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--" + wrong.getMessage(), wrong);
        }
        if (advertise != null) {
            KnownOrchestrators.parse("--advertise", advertise);
        } else if (host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]")) {
            throw new IllegalArgumentException(
                    "--host " + host + " is no address to call: say by --advertise how orchestrators reach this node");
        }
        List<String> tokens = TokenFile.tokens("--orchestrator-token-file", tokenFile, environmentToken);
        if (tokens.size() > 1) {
            throw new IllegalArgumentException("--orchestrator-token-file must hold one token");
        }
        token = tokens.isEmpty() ? null : tokens.get(0);
        if (token != null && !token.matches("[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException(
                    "--orchestrator-token-file must hold a token alone, of visible ASCII characters without blanks");
        }
    }

    /** Registers a node that listens, if it belongs to a farm. */
    Optional<NodeRegistration> register(RenderNodeServer server, String shownHost) {
        if (orchestrators.isEmpty()) {
            return Optional.empty();
        }
        String own = "http://" + shownHost + ":" + server.uri().getPort();
        return Optional.of(
                NodeRegistration.builder(server.node(), URI.create(advertise == null ? own : advertise.strip()))
                        .orchestrators(orchestrators.toArray(String[]::new))
                        .token(token)
                        .start());
    }
}
