package io.renderfleet.worker;

import io.renderfleet.core.spi.TracingKind;
import io.renderfleet.http.server.cli.FileNames;
import io.renderfleet.http.server.cli.Program;
import io.renderfleet.node.server.NodeOptions;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.transport.queue.worker.QueueWorker;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** Starts a worker as the command line says, and stops it in good order at SIGTERM. */
@Command(
        name = "render-worker",
        description = "Starts a node that takes batches from a queue and renders them.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = WorkerMain.Version.class)
public final class WorkerMain implements Callable<Integer> {
    private static final String PREFIX = "RENDER_WORKER_";
    private static final Set<String> NO_FLAGS = Set.of("TOKEN", "QUEUE_PASSWORD", "SHARED_STORE_TOKEN", "LOG_LEVEL");
    private static final String LOG_CONFIGURATION = "logback.configurationFile";

    /** How much longer than running batches may take it takes at most to say goodbye. */
    private static final Duration GOODBYE = Duration.ofSeconds(15);

    private final Map<String, String> environment;

    @Mixin
    private QueueOptions queue;

    @Mixin
    private NodeOptions options;

    private WorkerMain(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Runs the program until it is stopped. The exit code is 2 for a wrong configuration, and 1 for a failed start.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        if (System.getProperty(LOG_CONFIGURATION) == null) {
            System.setProperty(LOG_CONFIGURATION, "render-node-logback.xml");
            System.setProperty("renderfleet.log.service", "render-worker");
        }
        System.exit(program(System.getenv()).run(args));
    }

    static Program program(Map<String, String> environment) {
        return new Program(new WorkerMain(environment), PREFIX, environment, NO_FLAGS);
    }

    @Override
    public Integer call() throws Exception {
        options.refuseOrchestrators();
        QueueOptions.Queue from = queue.check(
                environment.get(PREFIX + "QUEUE_PASSWORD"),
                environment.get(PREFIX + "SHARED_STORE_TOKEN"),
                options.tls());
        queue.secrets().forEach(options::hide);
        TracingKind.find("render-worker", environment).ifPresent(options::trace);
        RenderNodeServer server = options.start(environment.get(PREFIX + "TOKEN"), null, Version.text());
        QueueWorker worker;
        try {
            worker = from.worker(server.node(), options.stateFolder().resolve("copies"));
        } catch (Exception failure) {
            server.close();
            throw failure;
        }
        Logger log = LoggerFactory.getLogger(WorkerMain.class);
        server.healthUri().ifPresent(health -> log.info("health checks at {}", health));
        log.info(
                "listening on {} as node {}", options.url(server), server.node().id());
        FileNames.warnIfLimited();
        worker.start();
        log.info("takes batches from {}", from);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(worker, server), "shut-down"));
        new CountDownLatch(1).await();
        return 0;
    }

    private void stop(QueueWorker worker, RenderNodeServer server) {
        try {
            worker.drain(options.grace())
                    .toCompletableFuture()
                    .get(options.grace().plus(GOODBYE).toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LoggerFactory.getLogger(WorkerMain.class).warn("the worker could not be drained in time: {}", e.toString());
        }
        worker.close();
        server.shutDown(Duration.ZERO);
    }

    /** Reads the version from the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"render-worker " + text()};
        }

        static String text() {
            String version = WorkerMain.class.getPackage().getImplementationVersion();
            return Objects.requireNonNullElse(version, "(not packaged)");
        }
    }
}
