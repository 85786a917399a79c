package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.batch;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.file;
import static io.renderfleet.transport.http.Given.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Closing the transport")
@Timeout(60)
class CloseTest {
    private final HttpTransport transport = HttpTransport.create();

    @TempDir
    private Path folder;

    @Test
    @DisplayName("ends held polls at once, and gives their connections up")
    void endsHeldPolls() throws Exception {
        int polls = 50;
        CountDownLatch held = new CountDownLatch(polls);
        CountDownLatch givenUp = new CountDownLatch(polls);
        try (RawServer server = new RawServer((request, in, out) -> {
            held.countDown();
            assertThat(in.read()).isNegative();
            givenUp.countDown();
        })) {
            RemoteJob job = new RemoteJob(target(server.port()), "j-1", Given.NODE_ID);
            List<CompletionStage<PollOutcome>> stages = new ArrayList<>();
            for (int i = 0; i < polls; i++) {
                stages.add(transport.poll(job, Duration.ofSeconds(25), null));
            }
            assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();

            transport.close();

            for (CompletionStage<PollOutcome> stage : stages) {
                assertThat(ended(stage)).isEqualTo(new PollOutcome.Unreachable("the transport was closed"));
            }
            assertThat(givenUp.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("leaves nothing of a frame that is being fetched")
    void endsFetches() throws Exception {
        try (RawServer server = new RawServer((request, in, out) -> {
            RawServer.write(out, "HTTP/1.1 200 OK\r\nNode-Id: n-1\r\nContent-Length: 1000\r\n\r\nhalf");
            assertThat(in.read()).isNegative();
        })) {
            Path into = folder.resolve("a.png");
            CompletionStage<FetchOutcome> stage = transport.fetch(
                    new RemoteJob(target(server.port()), "j-1", Given.NODE_ID),
                    1,
                    file("x".repeat(1000)),
                    into,
                    ContentCheck.NONE);
            await().until(() -> into.toFile().length() == 4);

            transport.close();

            assertThat(ended(stage)).isEqualTo(new FetchOutcome.Unreachable("the transport was closed"));
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    @DisplayName("can be done twice, and then nothing is sent any more")
    void closedForGood() throws Exception {
        transport.close();
        transport.close();

        assertThat(ended(transport.submit(target(1), batch())))
                .isEqualTo(new SubmitOutcome.Unreachable("the transport is closed", false));
    }
}
