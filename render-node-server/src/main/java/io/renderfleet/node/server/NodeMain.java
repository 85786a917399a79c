package io.renderfleet.node.server;

import io.renderfleet.core.spi.TracingKind;
import io.renderfleet.discovery.Announcer;
import io.renderfleet.http.server.cli.FileNames;
import io.renderfleet.http.server.cli.Program;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** Starts a node as the command line says, and stops it in good order at SIGTERM. */
@Command(
        name = "render-node",
        description = "Starts a node that renders frames.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = NodeMain.Version.class)
public final class NodeMain implements Callable<Integer> {
    private static final String PREFIX = "RENDER_NODE_";
    private static final Set<String> NO_FLAGS = Set.of("TOKEN", "ORCHESTRATOR_TOKEN", "LOG_LEVEL");
    private static final String LOG_CONFIGURATION = "logback.configurationFile";

    private final Map<String, String> environment;

    @Mixin
    private NodeOptions options;

    private NodeMain(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Runs the program until it is stopped. The exit code is 2 for a wrong configuration, and 1 for a failed start.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        if (System.getProperty(LOG_CONFIGURATION) == null) {
            // Not named logback.xml, which would also change the logging of applications that embed a node.
            System.setProperty(LOG_CONFIGURATION, "render-node-logback.xml");
        }
        System.exit(program(System.getenv()).run(args));
    }

    static Program program(Map<String, String> environment) {
        return new Program(new NodeMain(environment), PREFIX, environment, NO_FLAGS);
    }

    @Override
    public Integer call() throws Exception {
        TracingKind.find("render-node", environment).ifPresent(options::trace);
        RenderNodeServer server = options.start(
                environment.get(PREFIX + "TOKEN"), environment.get(PREFIX + "ORCHESTRATOR_TOKEN"), Version.text());
        String url = options.url(server);
        Logger log = LoggerFactory.getLogger(NodeMain.class);
        server.healthUri().ifPresent(health -> log.info("health checks at {}", health));
        log.info("listening on {} as node {}", url, server.node().id());
        FileNames.warnIfLimited();
        Optional<NodeRegistration> registration = options.register(server);
        List<Announcer.Announcement> announcements = options.announce(server);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            registration.ifPresent(NodeRegistration::close);
                            announcements.forEach(Announcer.Announcement::close);
                            server.shutDown(options.grace());
                        },
                        "shut-down"));
        new CountDownLatch(1).await();
        return 0;
    }

    /** Reads the version from the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"render-node " + text()};
        }

        static String text() {
            String version = NodeMain.class.getPackage().getImplementationVersion();
            return Objects.requireNonNullElse(version, "(not packaged)");
        }
    }
}
