package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.answer;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.file;
import static io.renderfleet.transport.http.Given.job;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.RemoteJob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Fetching a frame")
class FetchTest extends TransportScenario {
    private static final String CONTENT = "picture ".repeat(20_000);

    @TempDir
    private Path folder;

    FetchTest() {
        super(HttpTransport.builder()
                .callTimeout(Duration.ofSeconds(10))
                .stallTimeout(Duration.ofMillis(400))
                .build());
    }

    @Test
    @DisplayName("writes it and checks length and digest")
    void fetches() throws Exception {
        server.enqueue(answer(200).body(CONTENT).build());

        assertThat(fetch(file(CONTENT))).isEqualTo(new FetchOutcome.Fetched());

        assertThat(folder.resolve("frame.png")).hasContent(CONTENT);
        assertThat(server.takeRequest().getRequestLine()).isEqualTo("GET /job/j-1/frames/-7 HTTP/1.1");
    }

    @Test
    @DisplayName("shows every byte to the check, and leaves nothing of a file in which that finds something wrong")
    void checks() throws Exception {
        StringBuilder shown = new StringBuilder();
        ContentCheck check = bytes -> {
            shown.append(StandardCharsets.UTF_8.decode(bytes));
            return shown.length() >= CONTENT.length() ? "is no picture" : null;
        };
        server.enqueue(answer(200).body(CONTENT).build());

        assertThat(ended(transport.fetch(job(server), 1, file(CONTENT), folder.resolve("frame.png"), check)))
                .isEqualTo(new FetchOutcome.Flawed("is no picture"));
        assertThat(shown).hasToString(CONTENT);
        assertThat(folder.resolve("frame.png")).doesNotExist();
    }

    @Test
    @DisplayName("names the file where it is not the picture itself")
    void fetchesOtherFiles() throws Exception {
        server.enqueue(answer(200).body(CONTENT).build());
        OutputFile main = file(CONTENT);
        OutputFile other = new OutputFile("passes/z (1) ü.exr", main.bytes(), main.sha256(), false);

        assertThat(fetch(other)).isEqualTo(new FetchOutcome.Fetched());

        assertThat(server.takeRequest().getTarget()).isEqualTo("/job/j-1/frames/-7/passes/z%20%281%29%20%C3%BC.exr");
    }

    @Test
    @DisplayName("leaves nothing of what is not as it was announced")
    void damaged() throws Exception {
        server.enqueue(answer(200).body(CONTENT.replace('p', 'q')).build());
        server.enqueue(answer(200).body(CONTENT + "x").build());
        server.enqueue(answer(200).body(CONTENT.substring(1)).build());
        server.enqueue(
                answer(200).chunkedBody(CONTENT + "x".repeat(10_000_000), 1000).build());
        server.enqueue(answer(200).chunkedBody(CONTENT.substring(1), 1000).build());
        server.enqueue(answer(200).body("").build());

        for (int i = 0; i < 6; i++) {
            assertThat(fetch(file(CONTENT))).isInstanceOf(FetchOutcome.Damaged.class);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    @DisplayName("leaves nothing where the connection breaks in the middle")
    void truncated() throws Exception {
        server.enqueue(answer(200)
                .body(CONTENT)
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());
        server.enqueue(answer(200)
                .chunkedBody(CONTENT, 1000)
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());

        for (int i = 0; i < 2; i++) {
            assertThat(fetch(file(CONTENT))).isInstanceOf(FetchOutcome.Unreachable.class);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    @DisplayName("leaves nothing where it stands still in the middle")
    void stalled() throws Exception {
        server.enqueue(
                answer(200).body(CONTENT).throttleBody(1000, 1, TimeUnit.HOURS).build());

        assertThat(fetch(file(CONTENT))).isEqualTo(new FetchOutcome.Unreachable("nothing came for 400 ms"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @DisplayName("waits for what is slow but moves")
    void slow() throws Exception {
        String small = "slow picture";
        server.enqueue(answer(200)
                .body(small)
                .throttleBody(1, 60, TimeUnit.MILLISECONDS)
                .build());

        assertThat(fetch(file(small))).isEqualTo(new FetchOutcome.Fetched());
    }

    @Test
    @DisplayName("leaves nothing where it takes longer than it may")
    void tooSlow() throws Exception {
        HttpTransport hasty =
                HttpTransport.builder().callTimeout(Duration.ofMillis(600)).build();
        String small = "slow picture".repeat(50);
        server.enqueue(answer(200)
                .body(small)
                .throttleBody(1, 50, TimeUnit.MILLISECONDS)
                .build());

        FetchOutcome outcome =
                ended(hasty.fetch(job(server), 1, file(small), folder.resolve("frame.png"), ContentCheck.NONE));

        assertThat(outcome).isEqualTo(new FetchOutcome.Unreachable("no whole answer came within 600 ms"));
        assertThat(folder).isEmptyDirectory();
        hasty.close();
    }

    @Test
    @DisplayName("tells a lost frame, a busy node, and an answer of somebody else")
    void notThere() throws Exception {
        server.enqueue(answer(404).body("no").build());
        server.enqueue(answer(429).addHeader("Retry-After", "4").build());
        server.enqueue(answer(500).build());
        server.enqueue(answer(206).body(CONTENT).build());
        server.enqueue(answer(200).setHeader("Node-Id", "n-2").body(CONTENT).build());

        assertThat(fetch(file(CONTENT))).isEqualTo(new FetchOutcome.Lost());
        assertThat(fetch(file(CONTENT))).isEqualTo(new FetchOutcome.Throttled(Duration.ofSeconds(4)));
        assertThat(fetch(file(CONTENT))).isEqualTo(new FetchOutcome.Unreachable("it answered 500"));
        assertThat(fetch(file(CONTENT))).isInstanceOf(FetchOutcome.Unreachable.class);
        assertThat(fetch(file(CONTENT))).isEqualTo(new FetchOutcome.Unreachable("node n-2 answered in place of n-1"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @DisplayName("never touches a file that is there, and says where it cannot write")
    void localFailures() throws Exception {
        Files.writeString(folder.resolve("frame.png"), "precious");
        server.enqueue(answer(200).body(CONTENT).build());
        server.enqueue(answer(200).body(CONTENT).build());

        assertThat(fetch(file(CONTENT))).isEqualTo(new FetchOutcome.LocalFailure("the file is there already"));
        assertThat(ended(transport.fetch(
                        job(server), 1, file(CONTENT), folder.resolve("none/frame.png"), ContentCheck.NONE)))
                .isEqualTo(new FetchOutcome.LocalFailure("the folder is not there"));
        assertThat(folder.resolve("frame.png")).hasContent("precious");
    }

    @Test
    @DisplayName("keeps what it fetched from a node that tells no id")
    void simplestNode() throws Exception {
        server.enqueue(new MockResponse.Builder().body(CONTENT).build());

        assertThat(ended(transport.fetch(
                        new RemoteJob(Given.target(server), "/status/5", null),
                        1,
                        file(CONTENT),
                        folder.resolve("frame.png"),
                        ContentCheck.NONE)))
                .isEqualTo(new FetchOutcome.Fetched());
        assertThat(server.takeRequest().getTarget()).isEqualTo("/status/5/frames/1");
    }

    @Test
    @DisplayName("fetches a baked scene likewise, and cuts off what is longer than was told")
    void baked() throws Exception {
        server.enqueue(answer(200).body(CONTENT).build());
        server.enqueue(
                answer(200).chunkedBody(CONTENT + "x".repeat(10_000_000), 1000).build());
        server.enqueue(answer(200).body(CONTENT.replace('p', 'q')).build());
        server.enqueue(answer(404).build());

        assertThat(fetchBaked("baked.zip")).isEqualTo(new FetchOutcome.Fetched());
        assertThat(fetchBaked("other.zip"))
                .isEqualTo(new FetchOutcome.Damaged("more than the 160000 bytes came that were announced"));
        assertThat(fetchBaked("other.zip")).isInstanceOf(FetchOutcome.Damaged.class);
        assertThat(fetchBaked("other.zip")).isEqualTo(new FetchOutcome.Lost());

        assertThat(folder.resolve("baked.zip")).hasContent(CONTENT);
        assertThat(folder.resolve("other.zip")).doesNotExist();
        assertThat(server.takeRequest().getRequestLine()).isEqualTo("GET /job/j-1/baked HTTP/1.1");
    }

    private FetchOutcome fetchBaked(String name) throws Exception {
        OutputFile file = file(CONTENT);
        BakedScene baked =
                new BakedScene(file.sha256(), file.bytes(), "shot.blend", new EngineInfo("blender", "3.4.1"));
        return ended(transport.fetchBaked(job(server), baked, folder.resolve(name)));
    }

    private FetchOutcome fetch(OutputFile file) throws Exception {
        return ended(transport.fetch(job(server), -7, file, folder.resolve("frame.png"), ContentCheck.NONE));
    }
}
