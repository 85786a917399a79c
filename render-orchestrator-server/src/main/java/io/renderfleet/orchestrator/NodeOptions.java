package io.renderfleet.orchestrator;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.discovery.DiscoveryPlace;
import io.renderfleet.discovery.DnsDiscovery;
import io.renderfleet.discovery.FileDiscovery;
import io.renderfleet.http.server.cli.Flags;
import io.renderfleet.transport.http.ClearText;
import io.renderfleet.transport.http.NodeTokens;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which nodes there are, and where more may come from. */
final class NodeOptions {
    private static final int USUAL_PORT = 3000;

    @Option(names = "--node", paramLabel = "URL", description = "A node, such as http://localhost:3001; repeatable.")
    private List<String> nodes = new ArrayList<>();

    @Option(
            names = "--nodes-file",
            paramLabel = "FILE",
            description = "A file with a URL of a node on each line, which is watched for changes; repeatable.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--nodes-dns",
            paramLabel = "NAME[:PORT]",
            description = "A DNS name whose addresses are all nodes (default port: " + USUAL_PORT + "); repeatable.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--nodes-srv",
            paramLabel = "NAME",
            description = "A DNS name such as _render._tcp.farm.example, whose SRV records are all nodes; repeatable.")
    private List<String> services = new ArrayList<>();

    @Option(
            names = "--discovery",
            paramLabel = "KIND:PLACE",
            description = "Where nodes are found: file:FILE, dns:NAME:PORT, dns:NAME for SRV records,"
                    + " kubernetes:NAMESPACE/SERVICE, or etcd:URL[,URL…] where they announce themselves; repeatable.")
    private List<String> places = new ArrayList<>();

    @Option(
            names = "--discovery-config",
            paramLabel = "FILE",
            description = "Java properties for --discovery, such as etcd.user, etcd.password, etcd.tls-ca and"
                    + " etcd.label.pool.")
    private @Nullable Path config;

    @Option(
            names = "--node-url-allow",
            paramLabel = "RULE",
            description = "Where nodes may register: caller (the address that the node calls from), a range such as"
                    + " 10.0.0.0/8, a host such as node-1 or *.farm.example, or the beginning of a URL; repeatable"
                    + " (default: caller).")
    private List<String> allowed = new ArrayList<>();

    /**
     * Checks what was set.
     *
     * @throws IllegalArgumentException if something cannot be read or used, in one sentence
     */
    void check() {
        nodes.forEach(NodeOptions::checkNode);
        Flags.named("--node-url-allow", () -> NodeUrls.of(allowed));
        for (Path file : files) {
            try (FileDiscovery discovery = FileDiscovery.of(file)) {
                var unused = discovery.check();
            } catch (IOException wrong) {
                throw new IllegalArgumentException("--nodes-file " + file + ": " + wrong.getMessage(), wrong);
            }
        }
        names.forEach(name -> Flags.named("--nodes-dns", () -> addresses(name)));
        services.forEach(name -> Flags.named("--nodes-srv", () -> DnsDiscovery.services(name)));
        if (config != null && places.isEmpty()) {
            throw new IllegalArgumentException("--discovery-config is for a --discovery: there is none");
        }
        places.forEach(place -> found(place).close());
    }

    /**
     * Refuses tokens for nodes that others could read on their way.
     *
     * @param tokens what each node wants
     * @throws IllegalArgumentException naming the first node that one must not be sent to
     */
    void requireSafe(NodeTokens tokens) {
        for (String node : nodes) {
            URI url = URI.create(node.strip());
            tokens.tokenFor(url).flatMap(token -> ClearText.refusal(url)).ifPresent(why -> {
                throw new IllegalArgumentException("--node is '" + node + "': " + why);
            });
        }
    }

    /** Sets the nodes of a server, which from then on owns what finds them. */
    void addTo(OrchestratorServerBuilder server) {
        server.nodes(nodes.stream().map(String::strip).toArray(String[]::new)).nodeUrls(allowed.toArray(String[]::new));
        for (NodeDiscovery discovery : discoveries()) {
            server.discovery(discovery);
        }
    }

    private List<NodeDiscovery> discoveries() {
        List<NodeDiscovery> all = new ArrayList<>();
        files.forEach(file -> all.add(FileDiscovery.of(file)));
        names.forEach(name -> all.add(addresses(name).build()));
        services.forEach(name -> all.add(DnsDiscovery.services(name).build()));
        places.forEach(place -> all.add(found(place)));
        return all;
    }

    private NodeDiscovery found(String place) {
        DiscoveryPlace at = DiscoveryPlace.of("--discovery", place, config);
        return Flags.named("--discovery", at::discovery);
    }

    private static DnsDiscovery.Builder addresses(String text) {
        int colon = text.indexOf(':');
        String port = colon < 0 ? Integer.toString(USUAL_PORT) : text.substring(colon + 1);
        if (!port.matches("\\d{1,5}")) {
            throw new IllegalArgumentException("'" + text + "' must be like nodes.farm.example:3000");
        }
        return DnsDiscovery.addresses(colon < 0 ? text : text.substring(0, colon), Integer.parseInt(port));
    }

    private static void checkNode(String node) {
        URI uri;
        try {
            uri = new URI(node.strip());
        } catch (URISyntaxException wrong) {
            throw new IllegalArgumentException(
                    "--node is '" + node + "': it must be like http://localhost:3001", wrong);
        }
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        boolean right = uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null;
        if (!http || !right || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new IllegalArgumentException("--node is '" + node + "': it must be like http://localhost:3001");
        }
    }
}
