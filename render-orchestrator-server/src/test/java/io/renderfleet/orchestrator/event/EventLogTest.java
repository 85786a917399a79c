package io.renderfleet.orchestrator.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.JobId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The log of events")
class EventLogTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final JobId CAT = new JobId("cat");
    private static final JobId DOG = new JobId("dog");
    private static final int KEPT = 4;

    private final EventLog log = new EventLog(7, 100, KEPT);

    EventLogTest() {}

    private void paused(JobId job) {
        log.onTransition(new JobTransition.JobPaused(NOW, job));
    }

    private void progressed(JobId job, String batch) {
        log.onNotice(new FarmNotice.BatchProgressed(NOW, job, new BatchId(batch), BatchProgress.NONE));
    }

    private LogFeed feed(@Nullable JobId only, @Nullable String lastSeen) {
        return LogFeed.of(log, event -> only == null || only.equals(event.job()), lastSeen, () -> {});
    }

    private static String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? "" : StandardCharsets.UTF_8.decode(bytes).toString();
    }

    @Test
    @DisplayName("gives a new client its place and then what comes, numbered by epoch and place")
    void beginsNow() {
        paused(CAT);
        LogFeed feed = feed(null, null);
        paused(DOG);

        assertThat(text(feed.next())).contains("id: 7-101\n").doesNotContain("event:");
        assertThat(text(feed.next()))
                .isEqualTo("event: job-paused\nid: 7-102\ndata: {\"at\":\"2026-01-02T03:04:05Z\",\"job\":\"dog\"}\n\n");
        assertThat(feed.next()).isNull();
    }

    @Test
    @DisplayName("goes on after the event that a client has seen last")
    void resumes() {
        paused(CAT);
        paused(DOG);
        LogFeed feed = feed(null, "7-101");

        assertThat(text(feed.next())).doesNotContain("reset");
        assertThat(text(feed.next())).contains("id: 7-102\n").doesNotContain("7-101");
    }

    @Test
    @DisplayName("tells a client that comes back too late, with another epoch, or with nonsense, to begin anew")
    void resets() {
        for (int i = 0; i < KEPT + 2; i++) {
            paused(CAT);
        }

        for (String seen : new String[] {"7-101", "6-106", "7-107", "7-x", "", "7-99999999999999999999", "106"}) {
            LogFeed feed = feed(null, seen);
            assertThat(text(feed.next())).as(seen).contains("event: reset\nid: 7-106\n");
            assertThat(feed.next()).isNull();
        }
        assertThat(text(feed(null, "7-102").next())).doesNotContain("reset");
    }

    @Test
    @DisplayName("tells a client that is too slow to begin anew, and goes on from there")
    void slowReaders() {
        LogFeed feed = feed(null, null);
        feed.next();
        for (int i = 0; i < KEPT + 1; i++) {
            paused(CAT);
        }

        assertThat(text(feed.next())).startsWith("event: reset\nid: 7-105\n");
        paused(DOG);
        assertThat(text(feed.next())).contains("id: 7-106\n");
    }

    @Test
    @DisplayName("gives the events of one job only, and moves its client on past those of others")
    void ofOneJob() {
        LogFeed feed = feed(DOG, null);
        feed.next();
        paused(CAT);
        paused(DOG);
        paused(CAT);

        assertThat(text(feed.next())).contains("id: 7-102\n").doesNotContain("cat");
        assertThat(feed.next()).isNull();
        assertThat(text(feed.beat())).contains("id: 7-103\n");
    }

    @Test
    @DisplayName("keeps only the newest progress of each batch, so that it pushes out nothing else")
    void progressIsReplaced() {
        paused(CAT);
        for (int i = 0; i < 50; i++) {
            progressed(CAT, "1");
            progressed(CAT, "2");
        }
        LogFeed feed = feed(null, "7-100");
        feed.next();

        String all = text(feed.next());
        assertThat(all.split("event: batch-progressed", -1)).hasSize(3);
        assertThat(all).contains("id: 7-101\n", "id: 7-200\n", "id: 7-201\n");
    }
}
