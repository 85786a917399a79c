package io.renderfleet.orchestrator;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node that knows what the server of a tutorial knows, and answers as an Express server does: two calls, the integers {@code from} and
 * {@code to}, and a line of text, which Express sends as {@code text/html} with an entity tag that it looks at by itself. It ignores other
 * fields and all headers, and has no other path.
 */
final class TutorialNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The answers to what it was asked, such as {@code 202 POST /job 1-5}, in order. */
    final List<String> answered = new CopyOnWriteArrayList<>();

    /** The trace contexts of the batches that it took, in order. */
    final List<String> traces = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private final Duration jobTime;
    private final AtomicInteger lastPid = new AtomicInteger(4700);
    private final Map<String, Long> endNanos = new ConcurrentHashMap<>();

    /** Starts it. Each job takes that long. */
    TutorialNode(Duration jobTime) throws IOException {
        this.jobTime = jobTime;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The batches that it rendered, as {@code 1-5}. */
    List<String> rendered() {
        return answered.stream()
                .filter(answer -> answer.startsWith("202 POST /job "))
                .map(answer -> answer.substring(answer.lastIndexOf(' ') + 1))
                .toList();
    }

    private void answer(HttpExchange call) throws IOException {
        byte[] body = call.getRequestBody().readAllBytes();
        String method = call.getRequestMethod();
        URI uri = call.getRequestURI();
        if (method.equals("POST") && uri.getPath().equals("/job")) {
            take(call, body);
        } else if ((method.equals("GET") || method.equals("HEAD"))
                && uri.getPath().matches("/job/[^/]+")) {
            tell(call, uri.getPath().substring("/job/".length()));
        } else {
            send(
                    call,
                    404,
                    "text/html; charset=utf-8",
                    "<!DOCTYPE html>\n<pre>Cannot " + method + " " + uri + "</pre>\n");
        }
    }

    private void take(HttpExchange call, byte[] body) throws IOException {
        JsonNode range = json(body);
        if (!range.path("from").isInt() || !range.path("to").isInt()) {
            send(call, 400, "text/html; charset=utf-8", "Invalid input");
            return;
        }
        String pid = Integer.toString(lastPid.incrementAndGet());
        endNanos.put(pid, System.nanoTime() + jobTime.toNanos());
        call.getResponseHeaders().set("Location", "/job/" + pid);
        call.getResponseHeaders().set("Retry-After", "5");
        traces.add(String.valueOf(call.getRequestHeaders().getFirst("traceparent")));
        String frames = range.get("from") + "-" + range.get("to");
        send(call, 202, "application/json; charset=utf-8", "{\"pid\":" + pid + "}", frames);
    }

    private void tell(HttpExchange call, String pid) throws IOException {
        Long end = endNanos.get(pid);
        if (end == null) {
            send(call, 400, "text/html; charset=utf-8", "Job not found");
        } else if (System.nanoTime() < end) {
            call.getResponseHeaders().set("Location", "/job/" + pid);
            call.getResponseHeaders().set("Retry-After", "5");
            send(call, 202, "text/html; charset=utf-8", "Job still running");
        } else {
            send(call, 200, "text/html; charset=utf-8", "Job completed");
        }
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    private void send(HttpExchange call, int status, String type, String text, String... about) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        MessageDigest digest = Sha256.newDigest();
        digest.update(bytes);
        String etag = "W/\"" + bytes.length + "-" + Sha256.of(digest).hex().substring(0, 20) + "\"";
        call.getResponseHeaders().set("ETag", etag);
        call.getResponseHeaders().set("X-Powered-By", "Express");
        boolean known = status < 300 && etag.equals(call.getRequestHeaders().getFirst("If-None-Match"));
        int sent = known ? 304 : status;
        answered.add(sent + " " + call.getRequestMethod() + " " + call.getRequestURI()
                + (about.length == 0 ? "" : " " + about[0]));
        if (known || call.getRequestMethod().equals("HEAD")) {
            call.sendResponseHeaders(sent, -1);
        } else {
            call.getResponseHeaders().set("Content-Type", type);
            call.sendResponseHeaders(sent, bytes.length);
            call.getResponseBody().write(bytes);
        }
        call.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
