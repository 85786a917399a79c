package io.renderfleet.testkit.servicebus;

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
 * An Azure Service Bus for tests, in this JVM. It needs {@code proton-j} on the class path, which comes with Microsoft's client and is no
 * dependency of this module's users.
 *
 * <p>It listens on a port of this machine, as Microsoft's client expects of an emulator: AMQP 1.0 without TLS. It checks the signature of every token, and keeps
 * the documented rules of queues: locks that run out, deliveries that are counted, dead letters, messages that expire, duplicates. What lies in
 * its queues stays there while it is stopped; nothing is on a disk. It has no sessions, topics or transactions, and it is not Azure: what it
 * accepts may fail there.
 *
 * <p>Thread-safe, but for {@link #startServer}, {@link #stop} and {@link #close}, which one thread calls.
 */
public final class ServiceBusServer implements AutoCloseable {
    private static final String KEY = "bm90IGEgc2VjcmV0LCBidXQgaXQgbXVzdCBub3QgYmUgbG9nZ2Vk";
    private static final String POLICY = "render";

    private final Map<String, FakeQueue> queues = new HashMap<>();
    private volatile @Nullable FakeServer server;
    private volatile int port;

    private ServiceBusServer() {}

    /**
     * Starts a server without queues.
     *
     * @return a server that takes connections
     */
    public static ServiceBusServer start() {
        ServiceBusServer made = new ServiceBusServer();
        made.startServer();
        return made;
    }

    /** Starts it again after {@link #stop}, on the same port as before and with what its queues held. */
    public void startServer() {
        try {
            FakeServer started = new FakeServer(port, queues, POLICY, KEY, InstantSource.system());
            port = started.port();
            server = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Breaks all connections, and answers no more. */
    public void stop() {
        FakeServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
    }

    /**
     * Makes a queue, as an operator does.
     *
     * @param name its name
     * @param settings how it is made
     */
    public void create(String name, QueueSettings settings) {
        CompletableFuture<@Nullable FakeQueue> unused = onServer(() -> queues.put(name, FakeQueue.of(settings)));
        unused.join();
    }

    /**
     * Makes the three queues of a pool, with the usual prefix.
     *
     * @param pool the pool's name
     * @param settings how the queue for batches is made
     */
    public void createPool(String pool, QueueSettings settings) {
        create("renderfleet.queue." + pool, settings);
        create("renderfleet.workers." + pool, QueueSettings.USUAL);
        create("renderfleet.farms." + pool, QueueSettings.USUAL);
    }

    /**
     * Lists what lies in a queue, with what is locked.
     *
     * @param name the queue
     * @return its messages as text
     */
    public List<String> texts(String name) {
        return onServer(() -> texts(queue(name))).join();
    }

    /**
     * Lists what lies in the dead letters of a queue.
     *
     * @param name the queue
     * @return the messages as text
     */
    public List<String> deadLetters(String name) {
        return onServer(() -> texts(queue(name).deadLetters())).join();
    }

    /**
     * Puts every message of a queue there once more.
     *
     * @param name the queue
     */
    public void doubleAll(String name) {
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

    /**
     * Says where it is.
     *
     * @return an address such as {@code servicebus://127.0.0.1:45678}
     */
    public URI address() {
        return URI.create("servicebus://127.0.0.1:" + port);
    }

    /**
     * Says how to get in.
     *
     * @return a connection string with the right key
     */
    public String connectionString() {
        return connectionString(port, KEY);
    }

    /**
     * Says how somebody would get in who has this key.
     *
     * @param key a key in Base64
     * @return a connection string, refused unless the key is the right one
     */
    public String connectionString(String key) {
        return connectionString(port, key);
    }

    /**
     * Says how to get in through another port that leads here.
     *
     * @param through a port of this machine
     * @return a connection string with the right key
     */
    public String connectionString(int through) {
        return connectionString(through, KEY);
    }

    private static String connectionString(int through, String key) {
        return "Endpoint=sb://127.0.0.1:" + through + ";SharedAccessKeyName=" + POLICY + ";SharedAccessKey=" + key
                + ";UseDevelopmentEmulator=true";
    }

    @Override
    public void close() {
        stop();
    }
}
