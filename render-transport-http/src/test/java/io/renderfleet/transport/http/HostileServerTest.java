package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.batch;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.file;
import static io.renderfleet.transport.http.Given.target;
import static io.renderfleet.transport.http.RawServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.UploadOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A server that breaks the rules")
@Timeout(60)
class HostileServerTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nNode-Id: n-1\r\n";
    private static final String ACCEPTED = "HTTP/1.1 202 Accepted\r\nNode-Id: n-1\r\nLocation: /job/j-1\r\n";

    private final HttpTransport transport = HttpTransport.builder()
            .callTimeout(Duration.ofMillis(700))
            .stallTimeout(Duration.ofMillis(300))
            .maxListBytes(1024 * 1024)
            .build();

    @TempDir
    private Path folder;

    private @Nullable RawServer server;

    @AfterEach
    void stop() throws IOException {
        transport.close();
        if (server != null) {
            server.close();
        }
    }

    @Test
    @DisplayName("and never answers costs a call its time, and no connection after that")
    void neverAnswers() throws Exception {
        RawServer silent = serve((self, in, out) -> self.clientCloses(in));

        assertThat(ended(transport.submit(target(silent.port()), batch())))
                .isEqualTo(new SubmitOutcome.Unreachable("no whole answer came within 700 ms", true));
        assertGivenUp(silent);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("and drips its answer without end costs a call its time, and no connection after that")
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\n",
                ACCEPTED + "Content-Length: 1000000\r\n\r\n",
                ACCEPTED + "Transfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 1000000\r\n\r\n",
                "HTTP/1.1 307 Away\r\nLocation: /x\r\nContent-Length: 1000000\r\n\r\n",
            })
    void drips(String beginning) throws Exception {
        RawServer dripping = serve((self, in, out) -> {
            write(out, beginning);
            String drop = beginning.contains("chunked") ? "1\r\na\r\n" : "a";
            try {
                while (!self.end.await(30, TimeUnit.MILLISECONDS)) {
                    write(out, drop);
                }
            } catch (IOException e) {
                self.givenUp.countDown();
                throw e;
            }
        });

        assertThat(ended(transport.submit(target(dripping.port()), batch())))
                .isEqualTo(new SubmitOutcome.Unreachable("no whole answer came within 700 ms", true));
        assertGivenUp(dripping);
    }

    @Test
    @DisplayName("and pours out an answer without end is cut at the bound, and loses the connection")
    void pours() throws Exception {
        RawServer pouring = serve((self, in, out) -> {
            write(out, OK + "Transfer-Encoding: chunked\r\n\r\n");
            self.endlessly(out, "400\r\n" + "x".repeat(1024) + "\r\n");
        });

        assertThat(ended(transport.frames(job(pouring))))
                .isEqualTo(new FramesOutcome.Unreachable("the answer is longer than 1048576 bytes"));
        assertGivenUp(pouring);
    }

    @Test
    @DisplayName("and pours out an error without end is cut, and the error is heard")
    void poursAnError() throws Exception {
        RawServer pouring = serve((self, in, out) -> {
            write(out, "HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nNode-Id: n-1\r\nTransfer-Encoding: chunked\r\n\r\n");
            self.endlessly(out, "400\r\n" + "x".repeat(1024) + "\r\n");
        });

        assertThat(ended(transport.poll(job(pouring), Duration.ZERO, null)))
                .isEqualTo(new PollOutcome.Throttled(Duration.ofSeconds(3)));
        assertGivenUp(pouring);
    }

    @Test
    @DisplayName("and pours out a frame without end is cut at its length, and loses the connection")
    void poursAFrame() throws Exception {
        RawServer pouring = serve((self, in, out) -> {
            write(out, OK + "\r\n");
            self.endlessly(out, "x".repeat(1024));
        });

        assertThat(ended(transport.fetch(
                        job(pouring), 1, file("x".repeat(100_000)), folder.resolve("a.png"), ContentCheck.NONE)))
                .isInstanceOf(FetchOutcome.Damaged.class);
        assertThat(folder).isEmptyDirectory();
        assertGivenUp(pouring);
    }

    @Test
    @DisplayName("and pours out a log without end costs no more than the time")
    void poursALog() throws Exception {
        RawServer pouring = serve((self, in, out) -> {
            write(out, OK + "\r\n");
            self.endlessly(out, "line\n".repeat(1000));
        });

        assertThat(ended(transport.log(job(pouring), 100))).isNotInstanceOf(LogOutcome.Unsupported.class);
        assertGivenUp(pouring);
    }

    @Test
    @DisplayName("and sends a header without end costs a call its time at most")
    void endlessHeader() throws Exception {
        RawServer pouring = serve((self, in, out) -> {
            write(out, "HTTP/1.1 200 OK\r\n");
            self.endlessly(out, "X-Filler: " + "x".repeat(1000) + "\r\n");
        });

        // The JDK's client reads no further than its bound (384 KiB on newer builds), but leaves the connection open.
        assertThat(ended(transport.poll(job(pouring), Duration.ZERO, null)))
                .isInstanceOf(PollOutcome.Unreachable.class);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("and speaks no HTTP is an unreachable node")
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "\r\n\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nbroken header\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n",
            })
    void speaksNoHttp(String answer) throws Exception {
        RawServer strange = serve((self, in, out) -> {
            write(out, answer);
            throw new IOException("close");
        });

        assertThat(ended(transport.cancel(job(strange), Given.ATTEMPT))).isInstanceOf(CancelOutcome.Unreachable.class);
    }

    @Test
    @DisplayName("and takes no more bytes of a scene is given up")
    void takesNoMore() throws Exception {
        Path file = folder.resolve("shot.blend");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(64L * 1024 * 1024);
        }
        RawServer blocked = serve((self, in, out) -> {
            if (self.requests.get() == 1) {
                write(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            } else {
                self.end.await();
            }
        });

        assertThat(ended(transport.upload(
                        target(blocked.port()), Scene.local(file).hashed())))
                .isEqualTo(new UploadOutcome.Unreachable("nothing came for 300 ms"));
    }

    @Test
    @DisplayName("and closes idle connections does not fail the next batch")
    void closesIdleConnections() throws Exception {
        RawServer impatient = serve((self, in, out) -> {
            write(out, ACCEPTED + "Content-Length: 0\r\n\r\n");
            throw new IOException("close, though nothing said so");
        });

        for (int i = 0; i < 20; i++) {
            assertThat(ended(transport.submit(target(impatient.port()), batch())))
                    .isInstanceOf(SubmitOutcome.Accepted.class);
        }
        assertThat(impatient.connections).hasValueGreaterThanOrEqualTo(20);
    }

    @Test
    @DisplayName("and keeps connections open gets no more of them than calls at once")
    void reusesConnections() throws Exception {
        RawServer kind = serve((self, in, out) -> write(out, ACCEPTED + "Content-Length: 2\r\n\r\n{}"));

        for (int i = 0; i < 20; i++) {
            ended(transport.submit(target(kind.port()), batch()));
            ended(transport.poll(job(kind), Duration.ZERO, null));
        }

        assertThat(kind.connections).hasValue(1);
    }

    @Test
    @DisplayName("and dies with a batch in its hands may have taken it, though the second try is refused")
    void diesInBetween() throws Exception {
        RawServer dying = serve((self, in, out) -> {
            if (self.requests.get() == 1) {
                write(out, OK + "Content-Length: 12\r\n\r\n{\"id\":\"n-1\"}");
            } else {
                self.stopListening();
                throw new IOException("die");
            }
        });
        ended(transport.describe(target(dying.port())));

        assertThat(ended(transport.submit(target(dying.port()), batch())))
                .isInstanceOfSatisfying(SubmitOutcome.Unreachable.class, unreachable -> {
                    assertThat(unreachable.cause()).startsWith("no connection");
                    assertThat(unreachable.maybeAccepted()).isTrue();
                });
        assertThat(dying.requests).hasValue(2);
    }

    @Test
    @DisplayName("and resets the connection is an unreachable node")
    void resets() throws Exception {
        RawServer rude = serve((self, in, out) -> {
            write(out, ACCEPTED + "Content-Length: 100\r\n\r\n{");
            throw new IOException("close in the middle");
        });

        assertThat(ended(transport.submit(target(rude.port()), batch())))
                .isInstanceOfSatisfying(SubmitOutcome.Unreachable.class, unreachable -> {
                    assertThat(unreachable.maybeAccepted()).isTrue();
                    assertThat(unreachable.cause()).startsWith("the connection broke: ");
                });
    }

    private interface SelfScript {
        void play(RawServer self, InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    private RawServer serve(SelfScript script) throws IOException {
        RawServer[] self = new RawServer[1];
        RawServer made = new RawServer((request, in, out) -> script.play(self[0], in, out));
        self[0] = made;
        server = made;
        return made;
    }

    private static RemoteJob job(RawServer server) {
        return new RemoteJob(target(server.port()), "j-1", Given.NODE_ID);
    }

    private static void assertGivenUp(RawServer server) throws InterruptedException {
        assertThat(server.givenUp.await(10, TimeUnit.SECONDS))
                .as("the client closes the connection that it gave up")
                .isTrue();
    }
}
