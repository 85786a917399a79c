package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.OutputStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link OutputStore} must do. It is tried as two coordinators would use it, one after the other and at once: by an object
 * each.
 *
 * <p>An implementation's test extends this class and says how a store is made, and which folders a request may name.
 */
@Timeout(60)
public abstract class OutputStoreContract {
    private static final JobId JOB = new JobId("shot");
    private static final JobId OTHER_JOB = new JobId("other-shot");
    private static final String NAME = "beauty/shot_0001.png";
    private static final int ROUNDS = 40;

    /** For implementations. */
    protected OutputStoreContract() {}

    /**
     * Makes a store. The first call of a test finds an empty one; later calls are others that publish to the same place.
     *
     * @return a new one each time
     * @throws IOException if that does not work
     */
    protected abstract OutputStore connect() throws IOException;

    /**
     * Returns a folder that a request may name.
     *
     * @return an absolute path, the same in all of a test; there need be nothing yet
     */
    protected abstract Path requested();

    @Test
    @DisplayName("puts a job's files where the request says, or where there is room for them alone")
    final void opens() throws Exception {
        OutputStore store = connect();

        Path named = store.open(JOB, requested());
        assertThat(named).isAbsolute().isDirectory();
        assertThat(named.toRealPath()).isEqualTo(requested().toRealPath());

        Path own = store.open(new JobId("one"), null);
        assertThat(own).isAbsolute().isDirectory();
        assertThat(store.open(new JobId("two"), null)).isDirectory().isNotEqualTo(own);
        assertThat(store.open(new JobId("one"), null)).as("opened again").isEqualTo(own);
        assertThat(store.published(new JobId("one"), NAME)).isAbsolute().startsWithRaw(own);
    }

    @Test
    @DisplayName("gives each attempt at each file a place of its own, and an empty one, also when it is asked again")
    final void stages() throws Exception {
        OutputStore store = connect();
        store.open(JOB, requested());
        store.open(OTHER_JOB, requested());
        OutputFile file = file(NAME, "pixels");
        Path staged = stage(store, JOB, 1, NAME, "what an earlier try has left");

        assertThat(List.of(
                        staged,
                        store.stage(JOB, attempt(2), file),
                        store.stage(OTHER_JOB, attempt(1), file),
                        store.stage(JOB, attempt(1), file("depth/shot_0001.png", "pixels"))))
                .doesNotHaveDuplicates()
                .allSatisfy(path -> assertThat(path.getParent()).isDirectory());
        assertThat(staged).exists();
        assertThat(store.stage(JOB, attempt(1), file)).isEqualTo(staged).doesNotExist();
        assertThat(staged.getParent()).isDirectory();
    }

    @Test
    @DisplayName("shows a file under its name once it is published, and not before")
    final void publishes() throws Exception {
        OutputStore store = connect();
        store.open(JOB, requested());
        Path staged = stage(store, JOB, 1, NAME, "pixels");
        assertThat(store.published(JOB, NAME)).doesNotExist();

        OutputFile file = file(NAME, "pixels");
        assertThat(store.publish(JOB, staged, file)).isEqualTo(file);

        assertThat(store.published(JOB, NAME)).hasContent("pixels");
        assertThat(staged).doesNotExist();
    }

    @Test
    @DisplayName(
            "keeps the first copy of a file, tells which it is, and takes the same one again, also after a restart")
    final void firstCopyWins() throws Exception {
        OutputStore store = connect();
        store.open(JOB, requested());
        OutputFile first = publish(store, JOB, 1, NAME, "pixels");
        OutputStore restarted = connect();
        restarted.open(JOB, requested());

        long attempt = 2;
        for (OutputStore each : List.of(store, restarted)) {
            for (String pixels : List.of("pixels", "other and more pixels")) {
                Path staged = stage(each, JOB, attempt++, NAME, pixels);
                assertThat(each.publish(JOB, staged, file(NAME, pixels))).isEqualTo(first);
                assertThat(staged).doesNotExist();
                assertThat(each.published(JOB, NAME)).hasContent("pixels");
            }
        }
    }

    @Test
    @DisplayName("refuses a name that somebody else has taken since the job was opened, and leaves that file alone")
    final void leavesOthersAlone() throws Exception {
        OutputStore store = connect();
        store.open(JOB, requested());
        store.open(OTHER_JOB, requested());
        publish(store, OTHER_JOB, 1, NAME, "of the other job");
        Path note = store.published(JOB, "note.png");
        Files.writeString(note, "of an artist");

        for (String name : List.of(NAME, "note.png")) {
            for (int attempt = 2; attempt < 4; attempt++) {
                Path staged = stage(store, JOB, attempt, name, "pixels of " + attempt);
                assertThatThrownBy(() -> store.publish(JOB, staged, file(name, Files.readString(staged))))
                        .as("%s", name)
                        .isInstanceOf(FileAlreadyExistsException.class);
            }
        }

        assertThat(store.published(OTHER_JOB, NAME)).hasContent("of the other job");
        assertThat(note).hasContent("of an artist");
    }

    @Test
    @DisplayName("keeps files of one name of two jobs apart that have a folder each")
    final void keepsJobsApart() throws Exception {
        OutputStore store = connect();
        store.open(JOB, null);
        store.open(OTHER_JOB, null);

        publish(store, JOB, 1, NAME, "pixels");
        publish(store, OTHER_JOB, 1, NAME, "other pixels");

        assertThat(store.published(JOB, NAME)).hasContent("pixels");
        assertThat(store.published(OTHER_JOB, NAME)).hasContent("other pixels");
    }

    @Test
    @DisplayName("shows one whole copy, and tells both of it, where two come at the same moment")
    final void twoAtOnce() throws Exception {
        List<OutputStore> stores = List.of(connect(), connect());
        for (OutputStore store : stores) {
            store.open(JOB, requested());
        }
        List<String> copies = List.of("a".repeat(100_000), "b".repeat(200_000));
        CyclicBarrier together = new CyclicBarrier(3);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                String name = "shot_" + round + ".png";
                List<Future<OutputFile>> told = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    OutputStore store = stores.get(round % 2 == 0 ? 0 : i);
                    OutputFile file = file(name, copies.get(i));
                    Path staged = stage(store, JOB, 1 + i, name, copies.get(i));
                    told.add(threads.submit(() -> {
                        together.await(30, TimeUnit.SECONDS);
                        return store.publish(JOB, staged, file);
                    }));
                }
                Path published = stores.get(0).published(JOB, name);
                together.await(30, TimeUnit.SECONDS);
                while (!Files.exists(published) && !told.stream().allMatch(Future::isDone)) {
                    Thread.onSpinWait();
                }
                String seen = Files.readString(published);

                OutputFile one = told.get(0).get(30, TimeUnit.SECONDS);
                assertThat(told.get(1).get(30, TimeUnit.SECONDS)).isEqualTo(one);
                assertThat(file(name, seen)).as("what was seen first").isEqualTo(one);
                assertThat(Sha256.of(published)).isEqualTo(one.sha256());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @DisplayName("names no place outside of the job's folder")
    final void namesStayInside() throws Exception {
        OutputStore store = connect();
        store.open(JOB, requested());
        for (String name : List.of("../shot.png", "beauty/../../shot.png", "/shot.png", "..")) {
            assertThatThrownBy(() -> store.published(JOB, name))
                    .as("%s", name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @DisplayName("does not write through links that lead out of the job's folder")
    final void linksStayInside(@TempDir Path elsewhere) throws Exception {
        OutputStore store = connect();
        Path folder = store.open(JOB, requested());
        link(folder.resolve("beauty"), elsewhere);
        Path staged = stage(store, JOB, 1, NAME, "pixels");
        assertThatThrownBy(() -> store.publish(JOB, staged, file(NAME, "pixels")))
                .isInstanceOf(IOException.class);
        assertThat(elsewhere).isEmptyDirectory();

        Path secret = Files.writeString(elsewhere.resolve("secret"), "of somebody else");
        link(folder.resolve("to_a_file.png"), secret);
        link(folder.resolve("to_nothing.png"), elsewhere.resolve("nothing"));
        for (String name : List.of("to_a_file.png", "to_nothing.png")) {
            Path copy = stage(store, JOB, 1, name, "pixels");
            try {
                store.publish(JOB, copy, file(name, "pixels"));
                assertThat(store.published(JOB, name))
                        .as("what took the place of the link")
                        .isRegularFile()
                        .hasContent("pixels");
            } catch (IOException e) {
                assertThat(e).as("the link may stay, too").isNotNull();
            }
        }
        assertThat(secret).hasContent("of somebody else");
        assertThat(elsewhere.resolve("nothing")).doesNotExist();
    }

    @Test
    @DisplayName("adopts nothing that no node has left")
    final void adoptsNothing() throws Exception {
        OutputStore store = connect();
        store.open(JOB, requested());
        OutputFile file = file(NAME, "pixels");
        Path staged = store.stage(JOB, attempt(1), file);

        assertThat(store.adopt(JOB, attempt(1), file, staged, ContentCheck.NONE))
                .isFalse();

        assertThat(staged).doesNotExist();
    }

    @Test
    @DisplayName("sweeps what attempts of a job have left, nothing that is published, and nothing of another job")
    final void sweeps() throws Exception {
        OutputStore store = connect();
        store.open(JOB, requested());
        store.open(OTHER_JOB, requested());
        publish(store, JOB, 1, NAME, "pixels");
        Path left = stage(store, JOB, 2, NAME, "half");
        Path other = stage(store, JOB, 3, "shot_0002.png", "half");
        Path underWay = stage(store, OTHER_JOB, 4, "other_0001.png", "more pixels");

        store.sweep(JOB);
        store.sweep(JOB);
        store.sweep(new JobId("never-opened"));

        assertThat(left).doesNotExist();
        assertThat(other).doesNotExist();
        assertThat(store.published(JOB, NAME)).hasContent("pixels");
        store.publish(OTHER_JOB, underWay, file("other_0001.png", "more pixels"));
        assertThat(store.published(OTHER_JOB, "other_0001.png")).hasContent("more pixels");
        store.sweep(OTHER_JOB);
        try (var files = Files.walk(requested())) {
            assertThat(files.filter(Files::isRegularFile))
                    .as("what is left of both jobs")
                    .hasSize(2);
        }
    }

    private static OutputFile publish(OutputStore store, JobId job, long attempt, String name, String pixels)
            throws IOException {
        return store.publish(job, stage(store, job, attempt, name, pixels), file(name, pixels));
    }

    private static Path stage(OutputStore store, JobId job, long attempt, String name, String pixels)
            throws IOException {
        return Files.writeString(store.stage(job, attempt(attempt), file(name, pixels)), pixels);
    }

    private static AttemptId attempt(long number) {
        return new AttemptId("f-1", 1, number);
    }

    private static OutputFile file(String name, String pixels) {
        byte[] bytes = pixels.getBytes(StandardCharsets.UTF_8);
        MessageDigest digest = Sha256.newDigest();
        digest.update(bytes);
        return new OutputFile(name, bytes.length, Sha256.of(digest), true);
    }

    private static void link(Path link, Path target) throws IOException {
        try {
            Files.createSymbolicLink(link, target);
        } catch (FileSystemException | UnsupportedOperationException e) {
            abort("there are no symbolic links here: " + e.getMessage());
        }
    }
}
