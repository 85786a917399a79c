package io.renderfleet.orchestrator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The simplest node there can be: it takes any job, says twice that it runs, and then that it is done. */
final class SimplestNode implements AutoCloseable {
    final List<String> bodies = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final AtomicInteger made = new AtomicInteger();
    private final Map<String, AtomicInteger> polls = new ConcurrentHashMap<>();

    SimplestNode() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/job", this::answer);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange call) throws IOException {
        String path = call.getRequestURI().getPath();
        String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        AtomicInteger polled = polls.get(path);
        if (call.getRequestMethod().equals("POST") && path.equals("/job")) {
            bodies.add(body);
            String pid = Integer.toString(made.incrementAndGet());
            polls.put("/job/" + pid, new AtomicInteger());
            call.getResponseHeaders().set("Location", "/job/" + pid);
            send(call, 202, "{\"pid\": " + pid + "}");
        } else if (call.getRequestMethod().equals("GET") && polled != null) {
            boolean done = polled.incrementAndGet() > 2;
            call.getResponseHeaders().set("Retry-After", "1");
            send(call, done ? 200 : 202, done ? "Job completed" : "Job still running");
        } else {
            send(call, 404, "Job not found");
        }
    }

    private static void send(HttpExchange call, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        call.sendResponseHeaders(status, bytes.length);
        call.getResponseBody().write(bytes);
        call.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
