package io.renderfleet.orchestrator;

import io.renderfleet.core.spi.TracingKind;
import io.renderfleet.http.server.cli.Program;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** Starts an orchestrator as the command line says, and stops it in good order at SIGTERM. */
@Command(
        name = "render-orchestrator",
        description = "Starts an orchestrator that has nodes render frames.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = OrchestratorMain.Version.class)
public final class OrchestratorMain implements Callable<Integer> {
    private static final String PREFIX = "RENDER_ORCHESTRATOR_";
    private static final Set<String> NO_FLAGS =
            Set.of("TOKEN", "NODE_TOKEN", "STORE_PASSWORD", "BROKER_PASSWORD", "LOG_LEVEL");
    private static final String LOG_CONFIGURATION = "logback.configurationFile";

    private final Map<String, String> environment;

    @Mixin
    private OrchestratorOptions options;

    private OrchestratorMain(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Runs the program until it is stopped. The exit code is 2 for a wrong configuration, and 1 for a failed start.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        if (System.getProperty(LOG_CONFIGURATION) == null) {
            // Not named logback.xml, which would also change the logging of applications that embed an orchestrator.
            System.setProperty(LOG_CONFIGURATION, "render-orchestrator-logback.xml");
        }
        System.exit(program(System.getenv()).run(args));
    }

    static Program program(Map<String, String> environment) {
        return new Program(new OrchestratorMain(environment), PREFIX, environment, NO_FLAGS);
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> secrets = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                secrets.put(name.substring(PREFIX.length()), value);
            }
        });
        OrchestratorLife life = new OrchestratorLife(
                options,
                secrets,
                TracingKind.find("render-orchestrator", environment).orElse(null));
        Logger log = LoggerFactory.getLogger(OrchestratorMain.class);
        Thread stopping = new Thread(
                () -> {
                    log.info("stopping: {}", options.whatBecomesOfJobs());
                    life.stop();
                    log.info("stopped");
                },
                "shut-down");
        Runtime.getRuntime().addShutdownHook(stopping);
        try {
            life.run();
        } catch (IOException | RuntimeException e) {
            // It never ran; only the reason matters.
            Runtime.getRuntime().removeShutdownHook(stopping);
            throw e;
        }
        return 0;
    }

    /** Reads the version from the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = OrchestratorMain.class.getPackage().getImplementationVersion();
            return new String[] {"render-orchestrator " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
