package io.renderfleet.node.server;

import io.renderfleet.discovery.Announcer;
import io.renderfleet.discovery.DiscoveryPlace;
import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.http.server.cli.TlsOptions;
import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.transport.http.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
            description =
                    "Holds the token that the orchestrators want, at first at least: then they know this node's key.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--announce",
            paramLabel = "KIND:PLACE",
            description =
                    "Where orchestrators look for nodes, such as etcd:URL[,URL…]: the node announces itself there;"
                            + " repeatable.")
    private List<String> places = new ArrayList<>();

    @Option(
            names = "--announce-config",
            paramLabel = "FILE",
            description = "Java properties for --announce, such as etcd.user, etcd.password and etcd.tls-ca.")
    private @Nullable Path placesConfig;

    @Option(
            names = "--advertise",
            paramLabel = "URL",
            description = "How orchestrators reach this node (default: host and port).")
    private @Nullable String advertise;

    @Option(
            names = "--orchestrator-tls-ca",
            paramLabel = "FILE",
            description = "Trusts orchestrators with a certificate of a CA in this PEM file (default: the CAs that Java"
                    + " trusts).")
    private @Nullable Path tlsCa;

    @Option(
            names = "--orchestrator-tls-cert",
            paramLabel = "FILE",
            description = "The certificate to show to orchestrators that ask for one (default: --tls-cert).")
    private @Nullable Path tlsCertificate;

    @Option(
            names = "--orchestrator-tls-key",
            paramLabel = "FILE",
            description = "The key of --orchestrator-tls-cert (default: --tls-key).")
    private @Nullable Path tlsKey;

    private @Nullable String token;
    private boolean insecureHttp;
    private TlsFiles tls = TlsFiles.usual();

    /** The files with secrets that were named. */
    List<Path> secrets() {
        return Stream.of(Optional.ofNullable(tokenFile), Optional.ofNullable(tlsKey), Optional.ofNullable(placesConfig))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Checks what was set.
     *
     * @param host which the node listens on
     * @param environmentToken a token for the orchestrators from the environment, or null
     * @param own what protects the node's own connections
     * @param locked whether the orchestrators are to be told a key of the node
     * @throws IllegalArgumentException if something is wrong or does not go together, in one sentence
     * @throws IOException if a file cannot be read
     */
    void check(String host, @Nullable String environmentToken, TlsOptions own, boolean locked) throws IOException {
        checkAddress(host);
        places.forEach(this::announcer);
        if (placesConfig != null && places.isEmpty()) {
            throw new IllegalArgumentException("--announce-config is for nodes that --announce themselves");
        }
        if (orchestrators.isEmpty()) {
            if (tokenFile != null) {
                throw new IllegalArgumentException(
                        "--orchestrator-token-file is for nodes that have an --orchestrator");
            }
            if (tlsCa != null || tlsCertificate != null || tlsKey != null) {
                throw new IllegalArgumentException(
                        "--orchestrator-tls-ca, -cert and -key are for nodes that have an --orchestrator");
            }
            return;
        }
        named(() -> KnownOrchestrators.of(orchestrators));
        List<String> tokens = TokenFile.tokens("--orchestrator-token-file", tokenFile, environmentToken);
        if (tokens.size() > 1) {
            throw new IllegalArgumentException("--orchestrator-token-file must hold one token");
        }
        token = tokens.isEmpty() ? null : tokens.get(0);
        if (token != null && !token.matches("[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException(
                    "--orchestrator-token-file must hold a token alone, of visible ASCII characters without blanks");
        }
        tls = own.client("--orchestrator-tls-", tlsCertificate, tlsKey, tlsCa);
        insecureHttp = own.insecureHttp();
        if ((token != null || locked) && !insecureHttp) {
            named(() -> KnownOrchestrators.of(orchestrators).requireTokensAreSafe());
        }
    }

    private void checkAddress(String host) {
        if (orchestrators.isEmpty() && places.isEmpty()) {
            if (advertise != null) {
                throw new IllegalArgumentException(
                        "--advertise is for nodes that have an --orchestrator or --announce themselves");
            }
        } else if (advertise != null) {
            KnownOrchestrators.parse("--advertise", advertise);
        } else if (host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]")) {
            throw new IllegalArgumentException(
                    "--host " + host + " is no address to call: say by --advertise how orchestrators reach this node");
        }
    }

    private Announcer announcer(String place) {
        DiscoveryPlace at = DiscoveryPlace.of("--announce", place, placesConfig);
        return Flags.named("--announce", at::announcer);
    }

    private static void named(Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--" + wrong.getMessage(), wrong);
        }
    }

    /** Whether there is an orchestrator to register with. */
    boolean isNamed() {
        return !orchestrators.isEmpty();
    }

    /** Whether the node is to announce itself. */
    boolean isAnnounced() {
        return !places.isEmpty();
    }

    /** Announces a node that listens at a URL, wherever it should be. */
    List<Announcer.Announcement> announce(RenderNodeServer server, String url, Map<String, String> labels) {
        URI address = advertised(url);
        return places.stream()
                .map(place -> announcer(place).announce(server.node().id().value(), address, labels))
                .toList();
    }

    private URI advertised(String url) {
        return URI.create(advertise == null ? url : advertise.strip());
    }

    /** Registers a node that listens at a URL, if it belongs to a farm. */
    Optional<NodeRegistration> register(RenderNodeServer server, String url, @Nullable NodeKey key) {
        if (orchestrators.isEmpty()) {
            return Optional.empty();
        }
        NodeRegistration.Builder registration = NodeRegistration.builder(server.node(), advertised(url))
                .orchestrators(orchestrators.toArray(String[]::new))
                .token(token)
                .tls(tls);
        if (key != null) {
            registration.key(key);
        }
        if (insecureHttp) {
            registration.insecureHttp();
        }
        return Optional.of(registration.start());
    }
}
