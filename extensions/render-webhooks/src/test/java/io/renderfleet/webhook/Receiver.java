package io.renderfleet.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A program that is told what happens, and answers as the test has it. */
final class Receiver implements AutoCloseable {
    private static final int NO_ANSWER = 0;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Told> told = new CopyOnWriteArrayList<>();
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();

    /**
     * What came.
     *
     * @param answer what was answered, 0 where the connection broke
     */
    record Told(String id, String timestamp, String signature, String body, int answer) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (IOException e) {
                throw new AssertionError(body, e);
            }
        }
    }

    Receiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.setExecutor(threads);
        server.start();
    }

    private void take(HttpExchange call) throws IOException {
        @Nullable Integer next = answers.poll();
        int answer = next == null ? 204 : next;
        String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        told.add(new Told(
                header(call, "webhook-id"),
                header(call, "webhook-timestamp"),
                header(call, "webhook-signature"),
                body,
                answer));
        if (answer != NO_ANSWER) {
            call.sendResponseHeaders(answer, -1);
        }
        call.close();
    }

    private static String header(HttpExchange call, String name) {
        return String.valueOf(call.getRequestHeaders().getFirst(name));
    }

    /** The next calls are answered so, those after them 204; 0 breaks the connection. */
    void answer(Integer... next) {
        answers.addAll(List.of(next));
    }

    List<Told> told() {
        return told;
    }

    /** Those that it said it has taken. */
    List<Told> taken() {
        return told.stream().filter(one -> one.answer() / 100 == 2).toList();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
