package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.answer;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.problem;
import static io.renderfleet.transport.http.Given.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.UploadOutcome;
import io.renderfleet.transport.http.wire.ProblemType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Sending a scene")
class UploadTest extends TransportScenario {
    private static final String CONTENT = "BLENDER-v304".repeat(50_000);

    @TempDir
    private Path folder;

    private Scene.Local scene = Scene.local(Path.of("unset"));

    UploadTest() {
        super(HttpTransport.builder()
                .callTimeout(Duration.ofSeconds(10))
                .stallTimeout(Duration.ofMillis(500))
                .build());
    }

    @BeforeEach
    void start() throws Exception {
        Path file = folder.resolve("shot.blend");
        Files.writeString(file, CONTENT);
        scene = Scene.local(file).hashed();
    }

    @Test
    @DisplayName("asks first, and sends nothing to a node that has it")
    void isThere() throws Exception {
        server.enqueue(answer(200).build());

        assertThat(upload()).isEqualTo(new UploadOutcome.Stored());
        assertThat(server.getRequestCount()).isEqualTo(1);
        assertThat(server.takeRequest().getRequestLine()).isEqualTo("HEAD /scenes/" + scene.sha256() + " HTTP/1.1");
    }

    @Test
    @DisplayName("streams it with its length to a node that lacks it")
    void streams() throws Exception {
        server.enqueue(answer(404).build());
        server.enqueue(answer(201).build());

        assertThat(upload()).isEqualTo(new UploadOutcome.Stored());
        server.takeRequest();
        RecordedRequest put = server.takeRequest();
        assertThat(put.getRequestLine()).isEqualTo("PUT /scenes/" + scene.sha256() + " HTTP/1.1");
        assertThat(put.getHeaders().get("Content-Length")).isEqualTo(Integer.toString(CONTENT.length()));
        assertThat(put.getHeaders().get("Transfer-Encoding")).isNull();
        assertThat(Objects.requireNonNull(put.getBody()).string(StandardCharsets.UTF_8))
                .isEqualTo(CONTENT);
    }

    @Test
    @DisplayName("hears that the node will not take it")
    void refused() throws Exception {
        for (ProblemType type : new ProblemType[] {
            ProblemType.TOO_LARGE, ProblemType.QUOTA_EXCEEDED, ProblemType.UNAUTHORIZED, ProblemType.METHOD_NOT_ALLOWED
        }) {
            server.enqueue(answer(404).build());
            server.enqueue(problem(type).build());

            assertThat(upload()).isInstanceOfSatisfying(UploadOutcome.Refused.class, refused -> {
                assertThat(refused.failure().message()).contains("because of " + type);
                assertThat(refused.failure().kind())
                        .isEqualTo(
                                type == ProblemType.QUOTA_EXCEEDED
                                        ? FailureKind.DISK_FULL
                                        : FailureKind.SCENE_NOT_HERE);
            });
        }
    }

    @Test
    @DisplayName("hears it too where the node has no place for scenes at all")
    void noPlaceForScenes() throws Exception {
        server.enqueue(answer(405).build());

        assertThat(upload()).isInstanceOf(UploadOutcome.Refused.class);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("waits when told to, before and after")
    void throttled() throws Exception {
        server.enqueue(answer(429).addHeader("Retry-After", "3").build());
        server.enqueue(answer(404).build());
        server.enqueue(answer(429).addHeader("Retry-After", "4").build());

        assertThat(upload()).isEqualTo(new UploadOutcome.Throttled(Duration.ofSeconds(3)));
        assertThat(upload()).isEqualTo(new UploadOutcome.Throttled(Duration.ofSeconds(4)));
    }

    @Test
    @DisplayName("says that the file is at fault where it is gone or has changed")
    void localFailures() throws Exception {
        server.enqueue(answer(404).build());
        server.enqueue(problem(ProblemType.DIGEST_MISMATCH).build());
        server.enqueue(answer(404).build());

        assertThat(upload()).isInstanceOf(UploadOutcome.LocalFailure.class);
        Files.delete(scene.file());
        assertThat(upload()).isInstanceOf(UploadOutcome.LocalFailure.class);
    }

    @Test
    @DisplayName("ends where the node drops the connection")
    void broken() throws Exception {
        Files.write(scene.file(), new byte[32 * 1024 * 1024]);
        Scene.Local large = Scene.local(scene.file()).hashed();
        server.enqueue(answer(404).build());
        server.enqueue(answer(201).onRequestBody(new SocketEffect.CloseSocket()).build());
        assertThat(ended(transport.upload(target(server), large))).isInstanceOf(UploadOutcome.Unreachable.class);
    }

    @Test
    @DisplayName("needs the digest")
    void needsTheDigest() {
        assertThatThrownBy(() -> ended(transport.upload(target(server), Scene.local(scene.file()))))
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    private UploadOutcome upload() throws Exception {
        return ended(transport.upload(target(server), scene));
    }
}
