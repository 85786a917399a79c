package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.transport.http.wire.FrameStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
@DisplayName("The frames of a large job")
@Timeout(120)
class ManyFramesTest {
    private static final int FRAMES = 200_000;
    private static final int HEAP_MEBIBYTES = 48;

    private HttpServer server;

    ManyFramesTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        Sha256 digest = new Sha256("9f".repeat(32));
        server.createContext("/jobs/large/frames", call -> {
            Iterable<FrameOutput> frames = () -> IntStream.rangeClosed(1, FRAMES)
                    .mapToObj(frame -> new FrameOutput(
                            frame,
                            List.of(
                                    new OutputFile("a-shot-with-a-name_" + frame + ".png", 5, digest, true),
                                    new OutputFile("a-shot-with-a-name_" + frame + "-Depth-z.exr", 5, digest, false)),
                            Duration.ofSeconds(1)))
                    .iterator();
            call.getResponseHeaders().set("Content-Type", "application/json");
            call.sendResponseHeaders(200, 0);
            new FrameStream(frames).transferTo(call.getResponseBody());
            call.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest(name = "render frames large {0}")
    @DisplayName("are listed in less memory than their list would take")
    @ValueSource(strings = {"", "--json"})
    void areListed(String option) throws Exception {
        Process program = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP_MEBIBYTES + "m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RenderMain.class.getName(),
                        "frames",
                        "large",
                        "--orchestrator",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        option.isEmpty() ? "--patience=5" : option))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long bytes = 0;
        long digests = 0;
        try (BufferedReader said = program.inputReader()) {
            char[] step = new char[1 << 16];
            for (int n = said.read(step); n >= 0; n = said.read(step)) {
                bytes += n;
                digests += new String(step, 0, n)
                        .chars()
                        .filter(sign -> sign == '9')
                        .count();
            }
        }

        assertThat(program.waitFor()).isZero();
        assertThat(bytes).isGreaterThan((long) HEAP_MEBIBYTES << 20);
        assertThat(digests).isGreaterThan(2L * 32 * FRAMES);
    }
}
