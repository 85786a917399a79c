package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A stream of events")
@Timeout(30)
class EventStreamsTest {
    private static final int CAPACITY = 3;

    private final EventStreams streams = new EventStreams(CAPACITY, Duration.ofMillis(200), Duration.ofMillis(600));
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private final Queue<String> news = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicBoolean flood = new AtomicBoolean();
    private final AtomicBoolean revoked = new AtomicBoolean();
    private final List<Socket> clients = new ArrayList<>();
    private LoopbackServer server;

    EventStreamsTest() {}

    @BeforeEach
    void start() throws IOException {
        server = new LoopbackServer(
                HttpLimits.USUAL,
                routes -> routes.callers(new Anybody())
                        .route(
                                "GET",
                                "/events",
                                call -> streams.answer(call, new NewsFeed()).now()));
    }

    private final class Anybody implements Callers {
        @Override
        public Optional<Caller> identify(Call call) {
            return Optional.of(new Caller("anybody", Set.of()));
        }

        @Override
        public boolean stillKnows(Caller caller) {
            return !revoked.get();
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        streams.release();
        server.close();
    }

    private final class NewsFeed implements EventFeed {
        @Override
        public @Nullable ByteBuffer next() {
            reads.incrementAndGet();
            String text = flood.get() ? "data: " + "x".repeat(100_000) + "\n\n" : news.poll();
            return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public ByteBuffer beat() {
            return ByteBuffer.wrap(": beat\n\n".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Watched.Subscription subscribe(Runnable more) {
            waiting.add(more);
            return () -> waiting.remove(more);
        }
    }

    private void tell(String text) {
        news.add("data: " + text + "\n\n");
        waiting.forEach(Runnable::run);
    }

    private Socket listen() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.server.port()));
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        clients.add(socket);
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void readUntil(BufferedReader from, String wanted) throws IOException {
        String line = from.readLine();
        while (line != null && !line.equals(wanted)) {
            line = from.readLine();
        }
        assertThat(line).as("a line before the end").isEqualTo(wanted);
    }

    private void awaitClients(int count) {
        await().untilAsserted(() -> assertThat(waiting).hasSize(count));
    }

    @Test
    @DisplayName("ends with the next sign of life once its client's token is not valid any more")
    void revoked() throws IOException {
        BufferedReader stream = reader(listen());
        awaitClients(1);
        tell("one");
        readUntil(stream, "data: one");

        revoked.set(true);

        readUntil(stream, "0");
        awaitClients(0);
        assertThat(streams.size()).isZero();
    }

    @Test
    @DisplayName("tells what happens as it happens, and shows signs of life in between")
    void tells() throws IOException {
        BufferedReader stream = reader(listen());
        readUntil(stream, ": beat");
        tell("one");
        readUntil(stream, "data: one");
        tell("two");
        tell("three");
        readUntil(stream, "data: two");
        readUntil(stream, "data: three");
        readUntil(stream, ": beat");
    }

    @Test
    @DisplayName("looks for news only when told that there may be some, or for a sign of life")
    void isQuiet() throws IOException {
        BufferedReader stream = reader(listen());
        readUntil(stream, ": beat");
        readUntil(stream, ": beat");
        readUntil(stream, ": beat");

        assertThat(reads.get()).isLessThan(12);
    }

    @Test
    @DisplayName("is refused with 503 while as many listen as may, and given again once one has left")
    void isBounded() throws Exception {
        Socket first = listen();
        listen();
        listen();
        awaitClients(CAPACITY);

        var refused = server.get("/events");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.body()).contains("streams-full");

        first.close();
        awaitClients(CAPACITY - 1);
        readUntil(reader(listen()), ": beat");
    }

    @Test
    @DisplayName("is cut where its client does not take what is sent, and the others go on")
    void slowClientsAreCut() throws IOException {
        listen();
        awaitClients(1);
        flood.set(true);
        waiting.forEach(Runnable::run);

        await().untilAsserted(() -> assertThat(streams.size()).isZero());

        flood.set(false);
        BufferedReader other = reader(listen());
        awaitClients(1);
        tell("still here");
        readUntil(other, "data: still here");
    }

    @Test
    @DisplayName("ends in good order when the server is about to stop, and none begins")
    void endsAtStop() throws Exception {
        BufferedReader stream = reader(listen());
        awaitClients(1);
        tell("one");
        readUntil(stream, "data: one");

        streams.release();

        readUntil(stream, "0");
        assertThat(streams.size()).isZero();
        assertThat(server.get("/events").statusCode()).isEqualTo(503);
    }

    @Test
    @DisplayName("does not begin for a client that asks for the headers only")
    void headOnly() throws Exception {
        var answer = server.send(server.request("/events").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        await().untilAsserted(() -> assertThat(streams.size()).isZero());
    }
}
