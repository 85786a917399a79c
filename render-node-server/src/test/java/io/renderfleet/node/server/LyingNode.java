package io.renderfleet.node.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A node that has rendered every frame at once, and delivers the same bytes for each, with the right length and digest. */
final class LyingNode implements AutoCloseable {
    static final String ID = "n-liar";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final String extension;
    private final byte[] bytes;
    private final Map<String, Integer> frames = new ConcurrentHashMap<>();
    private final AtomicInteger jobs = new AtomicInteger();

    /** How often a frame was fetched, or begun to be. */
    final AtomicInteger fetched = new AtomicInteger();

    LyingNode(String extension, byte[] bytes) throws IOException {
        this.extension = extension;
        this.bytes = bytes;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange call) throws IOException {
        call.getResponseHeaders().set("Node-Id", ID);
        call.getResponseHeaders().set("Boot-Id", "b-1");
        String path = call.getRequestURI().getPath();
        JsonNode body = JSON.readTree(call.getRequestBody().readAllBytes());
        if (path.equals("/node")) {
            json(call, 200, """
                    {"id": "%s", "bootId": "b-1", "version": "0.1.0", "engines": [{"name": "command", "version": "1"}], "slots": 1, "busy": 0,
                     "draining": false, "labels": {}, "cores": 1, "memoryBytes": 0, "capabilities": ["frames"]}""".formatted(ID));
        } else if (path.equals("/job")) {
            String id = "j-" + jobs.incrementAndGet();
            frames.put(id, body.get("from").asInt());
            call.getResponseHeaders().set("Location", "/job/" + id);
            json(call, 202, "{\"id\": \"" + id + "\"}");
        } else if (path.contains("/frames/")) {
            fetched.incrementAndGet();
            send(call, 200, "application/octet-stream", bytes);
        } else if (path.endsWith("/frames")) {
            int frame = frameOf(path);
            MessageDigest digest = Sha256.newDigest();
            digest.update(bytes);
            json(call, 200, """
                    {"frames": [{"frame": %d, "files": [{"name": "blender-render_%04d.%s", "bytes": %d, "sha256": "%s", "main": true}], "seconds": 0.1}]}""".formatted(frame, frame, extension, bytes.length, Sha256.of(digest)));
        } else {
            int frame = frameOf(path);
            json(call, 200, "{\"state\": \"completed\", \"finished\": \"" + frame + "\"}");
        }
    }

    /** The path is {@code /job/{id}} or goes on behind it. */
    private int frameOf(String path) {
        String id = path.substring("/job/".length()).replaceFirst("/.*", "");
        return frames.getOrDefault(id, 0);
    }

    private static void json(HttpExchange call, int status, String text) throws IOException {
        send(call, status, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange call, int status, String type, byte[] bytes) throws IOException {
        call.getResponseHeaders().set("Content-Type", type);
        try (call) {
            call.sendResponseHeaders(status, bytes.length);
            call.getResponseBody().write(bytes);
        } catch (IOException e) {
            // The other side has seen enough.
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
