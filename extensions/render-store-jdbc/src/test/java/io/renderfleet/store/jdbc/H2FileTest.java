package io.renderfleet.store.jdbc;

import static io.renderfleet.store.jdbc.Samples.get;
import static io.renderfleet.store.jdbc.Samples.kept;
import static io.renderfleet.store.jdbc.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The file of a store in H2")
class H2FileTest {
    private static final int KILLS = Boolean.getBoolean("renderfleet.soak") ? 60 : 3;
    private static final Duration TTL = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    @Test
    @DisplayName("keeps all that it acknowledged through kill -9 at random moments")
    void survivesKills() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path file = folder.resolve("jobs");
        long kept = 0;
        for (int i = 0; i < KILLS; i++) {
            try (AppendingProcess process = AppendingProcess.start(file.toString(), TTL)) {
                long target = kept + random.nextInt(150);
                await().atMost(Duration.ofSeconds(60)).until(() -> process.acknowledged() >= target);
                process.kill();

                List<JobTransition> history = history(file);
                assertThat(history)
                        .as("seed %s, kill %s", seed, i)
                        .hasSizeGreaterThan((int) process.acknowledged())
                        .isEqualTo(numbered(0, history.size()));
                kept = history.size();
            }
        }
    }

    @Test
    @DisplayName("is read by nobody else on the machine, nor is a folder that it makes")
    @DisabledOnOs(OS.WINDOWS)
    void isPrivate() throws Exception {
        Path made = folder.resolve("farm");
        try (JdbcJobStore store = JdbcJobStore.h2(made.resolve("jobs"))) {
            get(store.open(kept -> {}));
        }

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.resolve("jobs.mv.db"))))
                .isEqualTo("rw-------");
    }

    @Tag("long")
    @Test
    @DisplayName(
            "keeps all that it acknowledged at leisure, though the file was never closed, and however often it is opened then")
    void survivesAtLeisure() throws Exception {
        Path file = folder.resolve("jobs");
        Path image = folder.resolve("image");
        int count = 40;
        try (JdbcJobStore store = JdbcJobStore.h2(file)) {
            get(store.open(kept -> {}));
            for (int i = 0; i < count; i++) {
                get(store.append(i, numbered(i, i + 1)));
                // Room that was given up long enough ago is used again: that must not be room that is still needed.
                await().pollDelay(Duration.ofMillis(i % 7 == 0 ? 300 : 20)).until(() -> true);
            }
            Files.copy(folder.resolve("jobs.mv.db"), folder.resolve("image.mv.db"));
        }

        for (int i = 0; i < 3; i++) {
            assertThat(history(image)).as("opened for the %s. time", i + 1).isEqualTo(numbered(0, count));
        }
    }

    private static List<JobTransition> history(Path file) {
        try (JdbcJobStore store = JdbcJobStore.h2(file)) {
            return kept(store);
        }
    }

    @Test
    @DisplayName("belongs to one process: a second one is told so, and the first goes on")
    void oneProcessAtATime() throws Exception {
        Path file = folder.resolve("jobs");
        try (JdbcJobStore store = JdbcJobStore.h2(file)) {
            get(store.open(kept -> {}));
            try (AppendingProcess second = AppendingProcess.start(file.toString(), TTL)) {
                assertThat(second.wasRefused()).isTrue();
                assertThat(second.ended())
                        .contains("the store in file " + file)
                        .contains("another process has the file open; one at a time can");
            }
            get(store.append(0, numbered(0, 1)));
        }
    }

    @Test
    @DisplayName("writes each commit at once, and leaves no file but the one")
    void writesAtOnce() throws Exception {
        H2File file = new H2File(folder.resolve("jobs"));
        try (Connection connection = file.source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet delay = statement.executeQuery(
                        "select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'")) {
            assertThat(delay.next()).isTrue();
            assertThat(delay.getString(1)).isEqualTo("0");
        }
        file.close(true);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("jobs.mv.db"));
        }
    }

    @Test
    @DisplayName("takes the file's name with and without H2's ending")
    void endingOfTheFile() {
        try (JdbcJobStore store = JdbcJobStore.h2(folder.resolve("a/b/jobs.mv.db"))) {
            get(store.open(kept -> {}));
        }

        assertThat(folder.resolve("a/b/jobs.mv.db")).exists();
    }

    @Test
    @DisplayName("is opened anew after H2 has closed it, as it does where the disk is full")
    void opensAgain() throws Exception {
        H2File file = new H2File(folder.resolve("jobs"));
        Database database = new Database(file, "the store", LeasePolicy.of(""), new TransitionCodec());
        database.takeOver(true);

        // The other way to have H2 fail at a write, and one that needs no disk of its own.
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> database.takeOver(true)).isInstanceOf(StoreException.class);
        assertThat(Thread.interrupted()).isTrue();

        await().ignoreException(StoreException.class)
                .until(() -> database.takeOver(true).isPresent());
        database.close(true);
    }

    @Test
    @DisplayName("tells that the disk is full, where H2 only says that it has closed its file")
    void tellsOfTheDisk() {
        SQLException thrown = new SQLException(
                "The database has been closed",
                "90098",
                90098,
                new IllegalStateException("Writing failed", new IOException("No space left on device")));

        assertThat(DatabaseErrors.of("the store", "write", thrown))
                .hasMessage("the store: could not write: The database has been closed (No space left on device)");
    }

    @Test
    @DisplayName("refuses a path that H2 would take for settings")
    void noSettingsInPaths() {
        assertThatThrownBy(() -> JdbcJobStore.h2(folder.resolve("jobs;WRITE_DELAY=500")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("semicolon");
    }

    @Test
    @DisplayName("says what is wrong with a file that is no store")
    void damagedFile() throws Exception {
        Files.writeString(folder.resolve("jobs.mv.db"), "something else".repeat(1_000));

        try (JdbcJobStore store = JdbcJobStore.h2(folder.resolve("jobs"))) {
            assertThatThrownBy(() -> get(store.open(kept -> {})))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("the store in file " + folder.resolve("jobs"));
        }
    }

    @Tag("long")
    @Test
    @DisplayName(
            "after 14,000 frames has at most 16 kB for each commit while it is open, and 120 bytes for each frame once it is closed")
    void staysSmall() throws Exception {
        Path file = folder.resolve("jobs.mv.db");
        int commits = 700;
        int frames = 20;
        long open;
        try (JdbcJobStore store = JdbcJobStore.h2(file)) {
            get(store.open(kept -> {}));
            for (int i = 0; i < commits; i++) {
                get(store.append(i, List.of(accepted(i, frames))));
            }
            open = Files.size(file);
        }

        assertThat(open).isLessThan(16_000L * commits);
        assertThat(Files.size(file)).isLessThan(120L * commits * frames);
    }

    private static JobTransition accepted(int batch, int count) {
        Random random = new Random(batch);
        List<FrameOutput> frames = IntStream.range(0, count)
                .mapToObj(n -> new FrameOutput(batch * count + n, List.of(picture(random)), Duration.ofMillis(4_100)))
                .toList();
        return new JobTransition.FramesAccepted(
                Instant.ofEpochSecond(1_800_000_000L + batch),
                Samples.JOB,
                new BatchId(Integer.toString(batch)),
                new AttemptId("farm", 1, batch + 1),
                frames);
    }

    private static OutputFile picture(Random random) {
        byte[] digest = new byte[32];
        random.nextBytes(digest);
        return new OutputFile("shot_0001.png", 48_213, new Sha256(HexFormat.of().formatHex(digest)), true);
    }

    @Test
    @DisplayName("shrinks again when it is closed")
    void shrinks() throws Exception {
        Path file = folder.resolve("jobs.mv.db");
        long before;
        try (JdbcJobStore store = JdbcJobStore.h2(file)) {
            get(store.open(kept -> {}));
            for (int i = 0; i < 500; i++) {
                get(store.append(i, numbered(i, i + 1)));
            }
            before = Files.size(file);
        }

        assertThat(Files.size(file)).isLessThan(before / 4);
    }
}
