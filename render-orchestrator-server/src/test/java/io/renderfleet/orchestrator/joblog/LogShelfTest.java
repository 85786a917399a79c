package io.renderfleet.orchestrator.joblog;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The shelf of logs")
class LogShelfTest {
    private static final JobId FIRST = new JobId("first");
    private static final JobId SECOND = new JobId("second");
    private static final BatchId ONE = new BatchId("1");
    private static final BatchId TWO = new BatchId("2");
    private static final int CAP = 1_000;

    @TempDir
    Path folder;

    LogShelfTest() {}

    private LogShelf shelf(long quota) {
        return new LogShelf(folder.resolve("logs"), quota, CAP);
    }

    /** Some 750 bytes that cannot be compressed much. */
    private static String noise(long seed) {
        StringBuilder text = new StringBuilder();
        new Random(seed).ints(900, 33, 127).forEach(text::appendCodePoint);
        return text.toString();
    }

    @Test
    @DisplayName("gives a log back, also to another one on the same folder, and nothing where none was kept")
    void keeps() {
        LogShelf shelf = shelf(1 << 20);
        assertThat(shelf.get(FIRST, ONE)).isEmpty();

        shelf.put(FIRST, ONE, "earlier\n");
        shelf.put(FIRST, ONE, "Größe\n");

        assertThat(shelf.get(FIRST, ONE)).hasValue("Größe\n");
        assertThat(shelf(1 << 20).get(FIRST, ONE)).hasValue("Größe\n");
        assertThat(shelf.get(FIRST, TWO)).isEmpty();
    }

    @Test
    @DisplayName("keeps the end of a log that is too long, and is for its own user alone")
    void isCut() throws IOException {
        LogShelf shelf = shelf(1 << 20);

        shelf.put(FIRST, ONE, "a".repeat(CAP) + "b".repeat(CAP));

        assertThat(shelf.get(FIRST, ONE)).hasValue("b".repeat(CAP));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("logs/first/1.log.gz"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("logs/first"))))
                .isEqualTo("rwx------");
    }

    @Test
    @DisplayName("drops the logs of the job that had none added for the longest time, above its quota")
    void quota() {
        LogShelf shelf = shelf(2_000);
        shelf.put(FIRST, ONE, noise(1));
        shelf.put(SECOND, ONE, noise(2));
        assertThat(shelf.has(FIRST, ONE)).isTrue();

        shelf.put(SECOND, TWO, noise(3));

        assertThat(shelf.has(FIRST, ONE)).isFalse();
        assertThat(shelf.get(SECOND, TWO)).hasValue(noise(3));
    }

    @Test
    @DisplayName("keeps the newest logs of a job that needs more than the quota alone")
    void quotaOfOneJob() throws IOException {
        LogShelf shelf = shelf(2_000);
        shelf.put(FIRST, ONE, noise(1));
        Files.setLastModifiedTime(
                folder.resolve("logs/first/1.log.gz"), java.nio.file.attribute.FileTime.fromMillis(1_000));
        shelf.put(FIRST, TWO, noise(2));
        shelf.put(FIRST, new BatchId("3"), noise(3));

        assertThat(shelf.has(FIRST, ONE)).isFalse();
        assertThat(shelf.has(FIRST, TWO)).isTrue();
        assertThat(shelf.has(FIRST, new BatchId("3"))).isTrue();
    }

    @Test
    @DisplayName("removes the logs of jobs that are forgotten, and at its start those of jobs that nobody knows")
    void forgets() throws IOException {
        LogShelf shelf = shelf(1 << 20);
        shelf.put(FIRST, ONE, "one");
        shelf.put(SECOND, ONE, "two");
        shelf.forget(FIRST);
        assertThat(folder.resolve("logs/first")).doesNotExist();
        Files.createDirectory(folder.resolve("logs/third"));
        Files.createDirectory(folder.resolve("logs/no job"));

        LogShelf again = shelf(1 << 20);
        again.keepOnly(Set.of(SECOND));

        assertThat(folder.resolve("logs").toFile().list()).containsExactly("second");
        assertThat(again.get(SECOND, ONE)).hasValue("two");
    }

    @Test
    @DisplayName("counts what was there before towards its quota")
    void countsOld() {
        shelf(1 << 20).put(FIRST, ONE, noise(1));
        LogShelf again = shelf(1_500);
        again.keepOnly(Set.of(FIRST, SECOND));

        again.put(SECOND, ONE, noise(2));

        assertThat(again.has(FIRST, ONE)).isFalse();
        assertThat(again.has(SECOND, ONE)).isTrue();
    }

    @Test
    @DisplayName("gives nothing for a damaged file")
    void damaged() throws IOException {
        LogShelf shelf = shelf(1 << 20);
        shelf.put(FIRST, ONE, "text");
        Files.writeString(folder.resolve("logs/first/1.log.gz"), "no gzip");

        assertThat(shelf.get(FIRST, ONE)).isEmpty();
    }
}
