package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.answer;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.file;
import static io.renderfleet.transport.http.Given.job;
import static io.renderfleet.transport.http.Given.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.FetchOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A limit to how fast files are fetched")
@Timeout(60)
class FetchRateTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    FetchRateTest() {}

    @Test
    @DisplayName("lets in what comes in its time, and pauses who takes more")
    void pauses() {
        AtomicLong now = new AtomicLong(-5);
        FetchRate rate = new FetchRate(1_000, now::get);

        assertThat(rate.pauseAfter(100)).as("what it saves up").isZero();
        assertThat(rate.pauseAfter(500)).isEqualTo(SECOND / 2);
        assertThat(rate.pauseAfter(500)).as("of another transfer").isEqualTo(SECOND);
        now.addAndGet(SECOND);
        assertThat(rate.pauseAfter(250)).isEqualTo(SECOND / 4);
    }

    @Test
    @DisplayName("saves up a tenth of a second and no more")
    void savesUp() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 2 * SECOND);
        FetchRate rate = new FetchRate(1_000, now::get);
        now.addAndGet(100 * SECOND);

        assertThat(rate.pauseAfter(1_100)).isEqualTo(SECOND);
    }

    @Test
    @DisplayName("is shared by all transfers, and holds up no other call")
    void shared() throws Exception {
        String content = "picture ".repeat(MIB / 16);
        try (MockWebServer server = new MockWebServer();
                HttpTransport transport = HttpTransport.builder().fetchRate(MIB).build()) {
            server.start();
            List<CompletionStage<FetchOutcome>> fetches = new ArrayList<>();
            long start = System.nanoTime();
            for (int frame = 1; frame <= 6; frame++) {
                server.enqueue(answer(200).body(content).build());
                fetches.add(transport.fetch(
                        job(server), frame, file(content), folder.resolve("frame-" + frame), ContentCheck.NONE));
            }
            for (int taken = 0; taken < 6; taken++) {
                assertThat(server.takeRequest(20, TimeUnit.SECONDS)).isNotNull();
            }
            server.enqueue(answer(404).build());
            ended(transport.describe(target(server)));
            long described = System.nanoTime() - start;
            for (CompletionStage<FetchOutcome> fetch : fetches) {
                assertThat(ended(fetch)).isEqualTo(new FetchOutcome.Fetched());
            }

            // Three seconds, less what is saved up, and less the last bytes of each, which nobody need wait for.
            long took = System.nanoTime() - start;
            assertThat(took).isGreaterThan(2 * SECOND);
            assertThat(described).isLessThan(took);
        }
    }

    @Test
    @DisplayName("is no reason to take a transfer that pauses for one that stands still")
    void pausesLongerThanStalled() throws Exception {
        String content = "picture ".repeat(50_000);
        try (MockWebServer server = new MockWebServer();
                HttpTransport transport = HttpTransport.builder()
                        .fetchRate(new FetchRate(100_000, System::nanoTime))
                        .stallTimeout(Duration.ofSeconds(1))
                        .build()) {
            server.start();
            server.enqueue(answer(404).build());
            ended(transport.describe(target(server)));
            server.enqueue(answer(200).body(content).build());

            assertThat(ended(
                            transport.fetch(job(server), 1, file(content), folder.resolve("frame"), ContentCheck.NONE)))
                    .isEqualTo(new FetchOutcome.Fetched());
        }
    }

    @Test
    @DisplayName("is from 1 MiB to 1 TiB a second")
    void range() {
        assertThatThrownBy(() -> HttpTransport.builder().fetchRate(MIB - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fetchRate is 1048575 bytes a second: it must be from 1048576 to 1099511627776");
        assertThatThrownBy(() -> HttpTransport.builder().fetchRate((1L << 40) + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
