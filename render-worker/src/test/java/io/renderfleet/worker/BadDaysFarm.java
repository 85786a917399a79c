package io.renderfleet.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.orchestrator.OrchestratorMain;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.testkit.Cable;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * An orchestrator with a durable store and workers that reach each other through a broker only, each a process of its own. Frames go from the
 * workers to the orchestrator over HTTP. A frame takes a fifth of a second, and is a picture that was made beforehand, a different one for
 * each frame.
 */
final class BadDaysFarm implements AutoCloseable {
    private static final Pattern TAKEN = Pattern.compile("takes batch (\\S+) from queue");
    static final String POOL = "bad-days";

    private final Path folder;
    private final KilledBroker broker;
    private final Cable forCoordinator;
    private final Cable forWorkers;
    private final Cable toStore;
    private final int frames;
    private final int port;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final List<Process> workers = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private Process coordinator;
    private int started;

    BadDaysFarm(Path folder, KilledBroker broker, Cable forCoordinator, Cable forWorkers, int frames)
            throws IOException {
        this.folder = folder;
        this.broker = broker;
        this.forCoordinator = forCoordinator;
        this.forWorkers = forWorkers;
        this.frames = frames;
        this.toStore = Cable.open();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        toStore.to(port);
        makeRenderer();
        coordinator = startCoordinator();
    }

    private void makeRenderer() throws IOException {
        Files.createDirectories(folder.resolve("pictures"));
        for (int frame = 1; frame <= frames; frame++) {
            BufferedImage picture = new BufferedImage(16, 9, BufferedImage.TYPE_INT_RGB);
            picture.setRGB(0, 0, frame);
            ImageIO.write(picture, "png", picture(frame).toFile());
        }
        Files.createFile(folder.resolve("rendered"));
        Files.writeString(
                folder.resolve("renderer"),
                "sleep 0.2 && cp \"%s/$1.png\" \"$2\" && echo \"$1\" >> \"%s\"%n"
                        .formatted(folder.resolve("pictures"), folder.resolve("rendered")));
    }

    Path picture(int frame) {
        return folder.resolve("pictures").resolve(frame + ".png");
    }

    // Processes.

    private Process startCoordinator() throws IOException {
        return start(
                OrchestratorMain.class,
                Map.of("RENDER_ORCHESTRATOR_BROKER_PASSWORD", broker.password(forCoordinator)),
                "coordinator",
                "--port=" + port,
                "--renderer=command",
                "--output-root=" + folder.resolve("out"),
                "--broker=" + broker.address(forCoordinator),
                "--pool=" + broker.kind() + ":" + POOL,
                "--pool-capacity=10",
                "--shared-store=" + folder.resolve("blobs"));
    }

    void startWorker() throws IOException {
        startWorker("w-" + workers.size() + "-" + started);
    }

    private void startWorker(String name) throws IOException {
        workers.add(start(
                WorkerMain.class,
                Map.of("RENDER_WORKER_QUEUE_PASSWORD", broker.password(forWorkers)),
                name,
                "--queue=" + broker.address(forWorkers),
                "--pool=" + POOL,
                "--shared-store=http://127.0.0.1:" + toStore.port(),
                "--port=0",
                "--node-id=" + name,
                "--output-root=" + folder.resolve(name),
                "--engine=command",
                "--sandbox=off",
                "--command",
                "/bin/sh",
                folder.resolve("renderer").toString(),
                "{frame}",
                "{output}"));
        names.add(name);
    }

    private Process start(Class<?> main, Map<String, String> secrets, String name, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=io/renderfleet/worker/bad-days-logback.xml",
                main.getName()));
        command.addAll(List.of(args));
        File log = folder.resolve(name + "-" + started++ + ".log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log);
        secrets.forEach((variable, secret) -> {
            if (!secret.isEmpty()) {
                builder.environment().put(variable, secret);
            }
        });
        return builder.start();
    }

    int workers() {
        return workers.size();
    }

    /** Another one takes the place of a worker that is killed: itself, started again, or one that nobody knows. */
    void replaceWorker(int which, boolean itself) throws IOException {
        kill(workers.remove(which));
        String name = names.remove(which);
        if (itself) {
            startWorker(name);
        } else {
            startWorker();
        }
    }

    void restartCoordinator() throws Exception {
        kill(coordinator);
        coordinator = startCoordinator();
        awaitCoordinator();
    }

    /** Lets everything go on for a while. */
    void runFor(Duration time) throws InterruptedException {
        if (coordinator.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the coordinator has ended by itself: see " + folder);
        }
    }

    Cable toStore() {
        return toStore;
    }

    private static void kill(Process process) {
        process.destroyForcibly().onExit().join();
    }

    // What clients see.

    private HttpResponse<String> call(HttpRequest.Builder request) throws InterruptedException, IOException {
        return client.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    void awaitCoordinator() throws InterruptedException {
        while (true) {
            try {
                if (call(request("/health/ready")).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not yet.
            }
            runFor(Duration.ofMillis(100));
        }
    }

    String submit(int batch) throws Exception {
        String body = "{\"from\": 1, \"to\": %d, \"batchSize\": %d, \"settings\": {\"format\": \"PNG\"}}"
                .formatted(frames, batch);
        HttpResponse<String> answer = call(request("/render")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        if (answer.statusCode() != 202) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return new ObjectMapper().readTree(answer.body()).get("jobId").asText();
    }

    JsonNode job(String id) throws Exception {
        return new ObjectMapper().readTree(call(request("/jobs/" + id)).body());
    }

    JsonNode awaitEnd(String id) throws Exception {
        JsonNode job = job(id);
        while (!job.path("state").asText().matches("completed|failed|cancelled|.*partial.*")) {
            runFor(Duration.ofMillis(200));
            job = job(id);
        }
        return job;
    }

    /** Files of frames in the job's output folder, by their names. */
    List<Path> published(String job) throws IOException {
        Path out = folder.resolve("out").resolve(job);
        if (Files.notExists(out)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(out)) {
            return files.filter(file -> file.toString().endsWith(".png"))
                    .sorted()
                    .toList();
        }
    }

    // What the books say.

    /** Stops the coordinator, and reads its store. */
    List<JobTransition> history() throws Exception {
        coordinator.destroy();
        coordinator.onExit().get(60, TimeUnit.SECONDS);
        List<JobTransition> history = new ArrayList<>();
        try (JdbcJobStore store = JdbcJobStore.h2(folder.resolve("out/.orchestrator/jobs"))) {
            var unused = store.open(history::add).toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
        return history;
    }

    /** How often each frame was rendered. */
    Map<Integer, Integer> renders() throws IOException {
        Map<Integer, Integer> renders = new HashMap<>();
        for (String frame : Files.readAllLines(folder.resolve("rendered"))) {
            renders.merge(Integer.valueOf(frame), 1, Integer::sum);
        }
        return renders;
    }

    /** How often each message was taken from the queue, by the key of its batch. */
    Map<String, Integer> deliveries() throws IOException {
        Map<String, Integer> deliveries = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".log")).toList()) {
                TAKEN.matcher(Files.readString(file))
                        .results()
                        .forEach(taken -> deliveries.merge(taken.group(1), 1, Integer::sum));
            }
        }
        return deliveries;
    }

    @Override
    public void close() throws IOException {
        workers.forEach(BadDaysFarm::kill);
        kill(coordinator);
        toStore.close();
    }
}
