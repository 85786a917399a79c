package io.renderfleet.transport.servicebus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A Service Bus on a port of this machine, as Microsoft's client speaks to an emulator: AMQP 1.0 without TLS. It checks the signature of every
 * token, and keeps the rules of {@link FakeQueue}. What lies in its queues stays there while it is stopped; nothing is on a disk. It has no
 * sessions, topics or transactions.
 */
final class FakeServiceBus implements AutoCloseable {
    static final String KEY = "bm90IGEgc2VjcmV0LCBidXQgaXQgbXVzdCBub3QgYmUgbG9nZ2Vk";
    private static final String POLICY = "render";

    private final Map<String, FakeQueue> queues = new HashMap<>();
    private @Nullable FakeServer server;
    private int port;

    FakeServiceBus() {
        startServer();
    }

    /** Starts it, on the same port as before. */
    void startServer() {
        try {
            FakeServer started = new FakeServer(port, queues, POLICY, KEY, InstantSource.system());
            port = started.port();
            server = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Breaks all connections, and answers no more. */
    void stop() {
        FakeServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
    }

    /** Makes a queue, as an operator does. */
    void create(String name, FakeQueue.Settings settings) {
        CompletableFuture<@Nullable FakeQueue> unused = onServer(() -> queues.put(name, FakeQueue.of(settings)));
        unused.join();
    }

    /** Makes the three queues of a pool. */
    void createPool(String pool, FakeQueue.Settings settings) {
        create("renderfleet.queue." + pool, settings);
        create("renderfleet.workers." + pool, FakeQueue.Settings.USUAL);
        create("renderfleet.farms." + pool, FakeQueue.Settings.USUAL);
    }

    /** What lies in a queue, as text, with what is locked. */
    List<String> texts(String name) {
        return onServer(() -> texts(queue(name))).join();
    }

    /** What lies in the dead letters of a queue, as text. */
    List<String> deadLetters(String name) {
        return onServer(() -> texts(queue(name).deadLetters())).join();
    }

    /** Puts every message of a queue there once more. */
    void doubleAll(String name) {
        CompletableFuture<Object> unused = onServer(() -> {
            FakeQueue queue = queue(name);
            queue.peek(0, Integer.MAX_VALUE, now()).forEach(one -> queue.put(one.message(), now()));
            return name;
        });
        unused.join();
    }

    private FakeQueue queue(String name) {
        return Objects.requireNonNull(queues.get(name), name);
    }

    private static List<String> texts(FakeQueue queue) {
        return queue.peek(0, Integer.MAX_VALUE, now()).stream()
                .map(one -> text(one.message()))
                .toList();
    }

    private static Instant now() {
        return InstantSource.system().instant();
    }

    private static String text(Message message) {
        return StandardCharsets.UTF_8
                .decode(((Data) message.getBody()).getValue().asByteBuffer())
                .toString();
    }

    private <T> CompletableFuture<T> onServer(Supplier<T> task) {
        FakeServer running = server;
        if (running == null) {
            throw new IllegalStateException("it is stopped");
        }
        return running.call(task);
    }

    URI address() {
        return URI.create("servicebus://127.0.0.1:" + port);
    }

    String connectionString() {
        return connectionString(KEY);
    }

    String connectionString(String key) {
        return "Endpoint=sb://127.0.0.1:" + port + ";SharedAccessKeyName=" + POLICY + ";SharedAccessKey=" + key
                + ";UseDevelopmentEmulator=true";
    }

    @Override
    public void close() {
        stop();
    }
}
