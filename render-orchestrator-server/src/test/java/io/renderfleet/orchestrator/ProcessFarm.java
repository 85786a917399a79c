package io.renderfleet.orchestrator;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.node.server.NodeMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A farm of which every part is a process of its own, to be killed as one likes, and what can be seen of it from outside. */
final class ProcessFarm implements AutoCloseable {
    private final Path folder;
    private Path outputs;
    private final List<ServerProcess> running = new ArrayList<>();
    private final List<ServerProcess> nodes = new ArrayList<>();
    private final List<URI> addresses = new ArrayList<>();

    /** Starts so many nodes that draw test patterns. */
    ProcessFarm(Path folder, int size) throws IOException {
        this.folder = folder;
        this.outputs = folder;
        for (int i = 0; i < size; i++) {
            nodes.add(startNode(i, 0));
        }
        nodes.forEach(node -> addresses.add(node.uri()));
    }

    private ServerProcess startNode(int i, int port) throws IOException {
        return start(
                NodeMain.class,
                "--port=" + port,
                "--engine=test-pattern",
                "--node-id=n-" + i,
                "--rate-limit=10000/s",
                "--output-root=node-" + i);
    }

    private ServerProcess start(Class<?> main, String... args) throws IOException {
        ServerProcess process = ServerProcess.start(main, folder, Map.of(), args);
        running.add(process);
        return process;
    }

    /** Asks for a little picture of so many frames. */
    static String submit(URI server, int frames) {
        return submit(server, "{\"from\": 1, \"to\": " + frames + ", \"settings\": {\"width\": 64, \"height\": 36}}");
    }

    /** Starts an orchestrator of all nodes, whose frames lie in the folder that {@link #published} looks at. */
    ServerProcess orchestrator(Path outputs, String... more) throws IOException {
        this.outputs = outputs;
        List<String> args = new ArrayList<>(List.of("--output-root=" + outputs, "--renderer=test-pattern"));
        addresses.forEach(node -> args.add("--node=" + node));
        args.addAll(List.of(more));
        return start(OrchestratorMain.class, args.toArray(String[]::new));
    }

    /** Ends the orchestrators; the nodes stay. */
    void endOrchestrators() {
        running.removeIf(process -> {
            boolean orchestrator = !nodes.contains(process);
            if (orchestrator) {
                process.close();
            }
            return orchestrator;
        });
    }

    int size() {
        return nodes.size();
    }

    URI address(int node) {
        return addresses.get(node);
    }

    void killNode(int i) {
        nodes.get(i).killAndWait();
    }

    /** Starts a node again, where it was and with what it has kept. */
    void startNodeAgain(int i) throws IOException {
        nodes.set(i, startNode(i, addresses.get(i).getPort()));
        nodes.get(i).uri();
    }

    static HttpRequest.Builder request(URI server, String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(60));
    }

    static String submit(URI server, String body) {
        HttpResponse<String> answer = TestFarm.send(request(server, "/render")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        if (answer.statusCode() != 202) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return TestFarm.json(answer).get("jobId").asText();
    }

    static JsonNode job(URI server, String id) {
        return TestFarm.json(TestFarm.send(request(server, "/jobs/" + id)));
    }

    /** Polls until a job has ended, and gives all about it. */
    static JsonNode awaitEnd(URI server, String id) {
        HttpResponse<String> answer;
        do {
            answer = TestFarm.send(request(server, "/status/" + id).header("Prefer", "wait=20"));
        } while (answer.statusCode() == 202);
        return job(server, id);
    }

    /** How many frames of a job are published. */
    int published(String job) {
        String[] names = outputs.resolve(job).toFile().list((dir, name) -> name.endsWith(".png"));
        return names == null ? 0 : names.length;
    }

    /** The frames of a job that are published, by the names of their files. */
    Set<Integer> publishedFrames(String job) {
        String[] names = outputs.resolve(job).toFile().list((dir, name) -> name.endsWith(".png"));
        Set<Integer> frames = new TreeSet<>();
        for (String name : names == null ? new String[0] : names) {
            frames.add(Integer.valueOf(name.replaceAll(".*_(\\d+)\\.png", "$1")));
        }
        return frames;
    }

    /** How often each frame was rendered, by the books of the nodes. */
    Map<Integer, Integer> renders(String job) {
        Map<Integer, Integer> renders = new TreeMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            renderedBy(i, job).forEach(frame -> renders.merge(frame, 1, Integer::sum));
        }
        return renders;
    }

    /** The frames that a node has finished, as often as it has. */
    List<Integer> renderedBy(int node, String job) {
        Path attempts = folder.resolve("node-" + node).resolve(job).resolve(".attempts");
        if (Files.notExists(attempts)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(attempts, 2)) {
            return files.filter(file -> file.endsWith("manifest.tsv"))
                    .flatMap(ProcessFarm::lines)
                    .filter(line -> line.matches("-?\\d+\t.*"))
                    .map(line -> Integer.valueOf(line.substring(0, line.indexOf('\t'))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What all orchestrators have said, and where frames lie that were rendered more than once. */
    String story(String job) {
        StringBuilder story = new StringBuilder();
        for (ServerProcess process : running) {
            if (!nodes.contains(process)) {
                process.said().forEach(line -> story.append(line).append('\n'));
                story.append('\n');
            }
        }
        renders(job).forEach((frame, times) -> {
            for (int i = 0; times > 1 && i < nodes.size(); i++) {
                if (renderedBy(i, job).contains(frame)) {
                    story.append("frame ")
                            .append(frame)
                            .append(" was rendered by n-")
                            .append(i)
                            .append('\n');
                }
            }
        });
        return story.toString();
    }

    @Override
    public void close() {
        running.forEach(ServerProcess::close);
    }
}
