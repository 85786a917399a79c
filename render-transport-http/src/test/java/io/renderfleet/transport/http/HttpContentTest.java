package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.answer;
import static io.renderfleet.transport.http.Given.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.transport.http.wire.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Content of an orchestrator")
@Timeout(60)
class HttpContentTest {
    private static final String CONTENT = "picture ".repeat(20_000);
    private static final long LIMIT = 1 << 20;

    private final MockWebServer server = new MockWebServer();
    private final Path file;
    private final Sha256 digest;
    private HttpContent content;

    HttpContentTest(@TempDir Path folder) throws IOException {
        file = Files.writeString(folder.resolve("frame.png"), CONTENT);
        digest = Sha256.of(file);
    }

    @BeforeEach
    void start() throws IOException {
        server.start();
        content = content(Duration.ofSeconds(30));
    }

    private HttpContent content(Duration stallTimeout) {
        return HttpTransport.builder()
                .token("token-of-a-worker")
                .stallTimeout(stallTimeout)
                .content(server.url("/farm/").uri(), LIMIT);
    }

    @AfterEach
    void stop() {
        content.close();
        server.close();
    }

    private String read() throws IOException {
        return read(content);
    }

    private String read(HttpContent from) throws IOException {
        try (InputStream bytes = from.open(digest).orElseThrow()) {
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @DisplayName("is asked for, fetched and left at its digest, with the token")
    void calls() throws Exception {
        server.enqueue(answer(200).build());
        server.enqueue(answer(404).build());
        server.enqueue(answer(200).body(CONTENT).build());
        server.enqueue(answer(404).build());
        server.enqueue(answer(201).build());
        server.enqueue(answer(200).build());

        assertThat(content.has(digest)).isTrue();
        assertThat(content.has(digest)).isFalse();
        assertThat(read()).isEqualTo(CONTENT);
        assertThat(content.open(digest)).isEqualTo(Optional.empty());
        assertThat(content.send(digest, file)).isInstanceOf(PutOutcome.Stored.class);
        assertThat(content.send(digest, file)).isInstanceOf(PutOutcome.AlreadyThere.class);
        for (String method : new String[] {"HEAD", "HEAD", "GET", "GET", "PUT"}) {
            RecordedRequest request = server.takeRequest();
            assertThat(request.getRequestLine()).isEqualTo(method + " /farm/content/" + digest + " HTTP/1.1");
            assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer token-of-a-worker");
        }
    }

    @Test
    @DisplayName("is refused in the server's words, and as what they mean")
    void refused() throws Exception {
        server.enqueue(problem(ProblemType.TOO_LARGE).build());
        server.enqueue(problem(ProblemType.QUOTA_EXCEEDED).build());
        server.enqueue(problem(ProblemType.DIGEST_MISMATCH).build());
        server.enqueue(problem(ProblemType.DIGEST_MISMATCH).build());
        server.enqueue(problem(ProblemType.RATE_LIMITED).build());
        server.enqueue(problem(ProblemType.FORBIDDEN).build());
        Sha256 other = new Sha256("0".repeat(64));

        assertThatThrownBy(() -> content.send(digest, file))
                .as("larger than the server takes, which is less than was expected")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("because of TOO_LARGE");
        assertThat(content.send(digest, file)).isEqualTo(new PutOutcome.NoRoom(0));
        assertThat(content.send(other, file)).isEqualTo(new PutOutcome.HashDiffers(digest));
        assertThatThrownBy(() -> content.send(digest, file))
                .as("damaged on its way")
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> content.send(digest, file)).hasMessageContaining("429");
        assertThatThrownBy(() -> content.open(digest))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the orchestrator at http://")
                .hasMessageContaining("403")
                .hasMessageNotContaining("token-of-a-worker");
    }

    @Test
    @DisplayName("that breaks off or stands still fails its reader, and never looks like all of it")
    void brokenOff() {
        server.enqueue(answer(200)
                .body(CONTENT)
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());
        server.enqueue(
                answer(200).body(CONTENT).throttleBody(1000, 1, TimeUnit.HOURS).build());

        assertThatThrownBy(this::read).isInstanceOf(IOException.class);
        try (HttpContent impatient = content(Duration.ofMillis(500))) {
            assertThatThrownBy(() -> read(impatient)).isInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName("need not be read to its end")
    void closedEarly() throws Exception {
        server.enqueue(answer(200).body(CONTENT.repeat(50)).build());
        server.enqueue(answer(200).build());

        try (InputStream bytes = content.open(digest).orElseThrow()) {
            assertThat(bytes.read()).isEqualTo('p');
        }
        assertThat(content.has(digest)).isTrue();
    }

    @Test
    @DisplayName("ends with the failure that there was no answer once it is closed")
    void closed() {
        content.close();

        assertThatThrownBy(() -> content.has(digest)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> content.open(digest)).isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("is not asked for with a token over a network in clear text")
    void clearText() {
        try (HttpContent far = HttpTransport.builder()
                .token("token-of-a-worker")
                .content(URI.create("http://farm.example:4000"), LIMIT)) {
            assertThatThrownBy(() -> far.has(digest)).hasMessageContaining("plain http");
        }
    }
}
