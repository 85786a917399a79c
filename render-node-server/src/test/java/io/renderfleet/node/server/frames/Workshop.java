package io.renderfleet.node.server.frames;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Blender that makes scenes and reads pictures, one request after another; started when it is needed, and again when it crashed. */
final class Workshop implements AutoCloseable {
    private static final String MARKER = "@workshop ";
    private static final int SHOWN_LINES = 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Blender blender;
    private final Path folder;
    private @Nullable Process process;
    private @Nullable Writer requests;
    private @Nullable BufferedReader answers;

    Workshop(Blender blender, Path folder) {
        this.blender = blender;
        this.folder = folder;
    }

    /** Makes a scene in a new folder. */
    void make(String topic, String scene, Path into) throws IOException {
        ask("make", topic, scene, into.toString());
    }

    /** A digest of the pixels of each layer of a picture. */
    Map<String, String> digests(Path picture) throws IOException {
        Map<String, String> layers = new TreeMap<>();
        ask("read", picture.toString())
                .get("layers")
                .properties()
                .forEach(layer -> layers.put(layer.getKey(), layer.getValue().asText()));
        return layers;
    }

    /** Where and how far two pictures differ. */
    String difference(Path left, Path right) throws IOException {
        return ask("compare", left.toString(), right.toString())
                .get("difference")
                .asText();
    }

    private synchronized JsonNode ask(String... request) throws IOException {
        start();
        Writer in = java.util.Objects.requireNonNull(requests);
        BufferedReader out = java.util.Objects.requireNonNull(answers);
        in.write(JSON.writeValueAsString(List.of(request)) + "\n");
        in.flush();
        Deque<String> said = new ArrayDeque<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(MARKER)) {
                JsonNode answer = JSON.readTree(line.substring(MARKER.length()));
                if (answer.has("problem")) {
                    throw new IOException(
                            List.of(request) + ": " + answer.get("problem").asText());
                }
                return answer;
            }
            said.add(line);
            if (said.size() > SHOWN_LINES) {
                said.remove();
            }
        }
        close();
        throw new IOException(
                List.of(request) + ": Blender " + blender.version() + " ended; it said:\n" + String.join("\n", said));
    }

    private void start() throws IOException {
        if (process != null) {
            return;
        }
        List<String> arguments = new ArrayList<>(
                List.of("--python", Resources.file("workshop.py").toString()));
        Process started =
                blender.command(Files.createDirectories(folder), arguments).start();
        process = started;
        requests = started.outputWriter(StandardCharsets.UTF_8);
        answers = started.inputReader(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void close() {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        try {
            // The end of its input ends it.
            running.outputWriter(StandardCharsets.UTF_8).close();
            if (!running.waitFor(20, TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        } catch (IOException e) {
            running.destroyForcibly();
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
