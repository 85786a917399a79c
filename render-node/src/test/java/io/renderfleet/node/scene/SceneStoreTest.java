package io.renderfleet.node.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.node.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The store of scenes")
@Timeout(60)
class SceneStoreTest {
    private static final long LIMIT = 100_000;
    private static final long QUOTA = 250_000;

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private SceneStore store;

    @BeforeEach
    void open() throws IOException {
        store = SceneStore.open(root, LIMIT, QUOTA, time);
    }

    @Test
    @DisplayName("keeps a scene under its digest, and knows it after a restart")
    void keeps() throws Exception {
        byte[] scene = bytes(1, 1000);
        assertThat(store.has(digest(scene))).isFalse();

        assertThat(put(scene)).isEqualTo(new PutOutcome.Stored());

        assertThat(put(scene)).isEqualTo(new PutOutcome.AlreadyThere());
        open();
        assertThat(store.has(digest(scene))).isTrue();
        assertThat(store.lease(digest(scene), null))
                .hasValueSatisfying(lease -> assertThat(lease.file()).hasBinaryContent(scene));
    }

    private Path stored(byte[] scene, String file) {
        return root.resolve(digest(scene).hex()).resolve(file);
    }

    private static void overwrite(Path file, String content) throws IOException {
        Files.delete(file);
        Files.writeString(file, content);
    }

    @Test
    @DisplayName("lets nobody write to a scene that it keeps")
    void readOnly() throws Exception {
        byte[] scene = bytes(1, 1000);
        put(scene);

        assertThat(Files.getPosixFilePermissions(stored(scene, "scene.blend")))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("r--r--r--"));
    }

    @Test
    @DisplayName("gives up a scene that was changed in its folder, and takes it again")
    void changed() throws Exception {
        byte[] scene = bytes(1, 1000);
        put(scene);
        overwrite(stored(scene, "scene.blend"), "poison");

        assertThat(store.lease(digest(scene), null)).isEmpty();
        assertThat(store.has(digest(scene))).isFalse();
        assertThat(put(scene)).isEqualTo(new PutOutcome.Stored());
        assertThat(store.lease(digest(scene), "shot.blend"))
                .hasValueSatisfying(lease -> assertThat(lease.file()).hasBinaryContent(scene));
    }

    @Test
    @DisplayName("gives up a scene that was changed while the node was down")
    void changedMeanwhile() throws Exception {
        byte[] scene = bytes(1, 1000);
        put(scene);
        overwrite(stored(scene, "scene.blend"), "poison");
        open();

        assertThat(store.lease(digest(scene), null)).isEmpty();
        assertThat(store.has(digest(scene))).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"files/textures/wood.png", "files/textures/more.png", "files/shot.blend"})
    @DisplayName("gives up a zip of which a file was changed or added")
    void changedZip(String file) throws Exception {
        byte[] zip = zip("shot.blend", "scene", "textures/wood.png", "wood");
        put(zip);
        assertThat(store.lease(digest(zip), "shot.blend")).isPresent();
        Files.deleteIfExists(stored(zip, file));
        Files.writeString(stored(zip, file), "evil");

        assertThat(store.lease(digest(zip), "shot.blend")).isEmpty();
        assertThat(store.has(digest(zip))).isFalse();
    }

    @Test
    @DisplayName("keeps a scene whose files were only touched, and reads a zip's files after a restart")
    void touched() throws Exception {
        byte[] zip = zip("shot.blend", "scene", "textures/wood.png", "wood");
        put(zip);
        Files.setLastModifiedTime(stored(zip, "files/shot.blend"), java.nio.file.attribute.FileTime.fromMillis(0));
        assertThat(store.lease(digest(zip), "shot.blend")).isPresent();
        open();

        assertThat(store.lease(digest(zip), "shot.blend")).isPresent();
    }

    @Test
    @DisplayName("gives a scene its name again where something else bears it")
    void foreignName() throws Exception {
        byte[] scene = bytes(1, 1000);
        put(scene);
        Path named = store.lease(digest(scene), "shot.blend").orElseThrow().file();
        overwrite(named, "poison");

        assertThat(store.lease(digest(scene), "shot.blend"))
                .hasValueSatisfying(lease -> assertThat(lease.file()).hasBinaryContent(scene));
    }

    @Test
    @DisplayName("takes nothing whose digest is another one")
    void checksTheDigest() throws Exception {
        byte[] scene = bytes(1, 1000);
        byte[] other = bytes(2, 1000);

        assertThat(store.put(digest(scene), new ByteArrayInputStream(other)))
                .isEqualTo(new PutOutcome.HashDiffers(digest(other)));

        assertThat(store.has(digest(scene))).isFalse();
        assertThat(root).isEmptyDirectory();
    }

    @Test
    @DisplayName("keeps nothing of an upload that breaks off, which can then start again")
    void survivesBrokenUploads() throws Exception {
        byte[] scene = bytes(1, 90_000);
        assertThatThrownBy(() -> store.put(digest(scene), new BrokenStream(scene, 70_000)))
                .isInstanceOf(IOException.class);

        assertThat(root).isEmptyDirectory();
        assertThat(put(scene)).isEqualTo(new PutOutcome.Stored());
    }

    @Test
    @DisplayName("sweeps what a killed node has left of uploads")
    void sweepsLeftovers() throws Exception {
        Files.createDirectories(root.resolve("0".repeat(64) + ".7.part/files"));
        Files.writeString(root.resolve("something"), "else");

        open();

        assertThat(root).isEmptyDirectory();
    }

    @Test
    @DisplayName("reads no more than the limit of a scene that is too large")
    void limitsTheSize() throws Exception {
        byte[] scene = bytes(1, (int) LIMIT + 1);
        assertThat(put(scene)).isEqualTo(new PutOutcome.TooLarge(LIMIT));
        assertThat(root).isEmptyDirectory();
    }

    @Test
    @DisplayName("gives up the scene that was not used for the longest time, when it needs room")
    void evicts() throws Exception {
        byte[] first = bytes(1, 90_000);
        byte[] second = bytes(2, 90_000);
        byte[] third = bytes(3, 90_000);
        put(first);
        time.advance(Duration.ofMinutes(1));
        put(second);
        time.advance(Duration.ofMinutes(1));
        store.has(digest(first));
        time.advance(ContentStore.KEPT);

        assertThat(put(third)).isEqualTo(new PutOutcome.Stored());

        assertThat(store.has(digest(second))).isFalse();
        assertThat(store.has(digest(first))).isTrue();
    }

    @Test
    @DisplayName("gives up none in use, nor one that was asked for within ten minutes")
    void keepsWhatIsNeeded() throws Exception {
        byte[] first = bytes(1, 90_000);
        byte[] second = bytes(2, 90_000);
        byte[] third = bytes(3, 90_000);
        put(first);
        put(second);
        SceneLease lease = store.lease(digest(first), null).orElseThrow();
        time.advance(Duration.ofDays(1));
        store.has(digest(second));
        time.advance(ContentStore.KEPT.minusSeconds(1));

        assertThat(put(third)).isEqualTo(new PutOutcome.NoRoom(QUOTA));
        assertThat(lease.file()).exists();

        lease.release().close();
        lease.release().close();
        time.advance(Duration.ofSeconds(1));
        assertThat(put(third)).isEqualTo(new PutOutcome.Stored());
        assertThat(store.has(digest(first))).as("used just now").isTrue();
        assertThat(store.has(digest(second))).isFalse();
    }

    @Test
    @DisplayName("ends several uploads of one scene at once as one")
    void uploadsAtOnce() throws Exception {
        byte[] scene = bytes(1, 60_000);
        CyclicBarrier allInTheMiddle = new CyclicBarrier(4);
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try {
            List<Future<PutOutcome>> uploads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                uploads.add(clients.submit(() -> store.put(digest(scene), new MeetingStream(scene, allInTheMiddle))));
            }
            List<PutOutcome> results = new ArrayList<>();
            for (Future<PutOutcome> upload : uploads) {
                results.add(upload.get());
            }
            assertThat(results)
                    .containsOnlyOnce(new PutOutcome.Stored())
                    .contains(new PutOutcome.AlreadyThere())
                    .hasSize(4);
        } finally {
            clients.shutdown();
        }
        assertThat(root.toFile().list()).containsExactly(digest(scene).hex());
        // What the others had reserved is free again.
        assertThat(put(bytes(2, 90_000))).isEqualTo(new PutOutcome.Stored());
        assertThat(put(bytes(3, 90_000))).isEqualTo(new PutOutcome.Stored());
    }

    @Test
    @DisplayName(
            "gives a plain file the name that a job gives it, the same file under each, and forgets the names when it opens")
    void namesPlainFiles() throws Exception {
        byte[] scene = "scene".getBytes(StandardCharsets.UTF_8);
        put(scene);

        Path first =
                store.lease(digest(scene), "hero_shot_v012.blend").orElseThrow().file();
        Path again =
                store.lease(digest(scene), "hero_shot_v012.blend").orElseThrow().file();
        Path other =
                store.lease(digest(scene), "other/Titel Ä.blend").orElseThrow().file();

        assertThat(first)
                .hasFileName("hero_shot_v012.blend")
                .hasContent("scene")
                .isEqualTo(again);
        assertThat(other).hasFileName("Titel Ä.blend").hasContent("scene");
        assertThat(store.lease(digest(scene), "n".repeat(300)).orElseThrow().file())
                .hasContent("scene");
        SceneStore.open(root, LIMIT, QUOTA, time);
        assertThat(first).doesNotExist();
    }

    @Test
    @DisplayName("unpacks a zip, in which a job names its entry")
    void unpacksZips() throws Exception {
        byte[] zip = zip("shot/shot.blend", "scene", "shot/textures/wood.png", "wood");

        assertThat(put(zip)).isEqualTo(new PutOutcome.Stored());

        Path scene = store.lease(digest(zip), "shot/shot.blend").orElseThrow().file();
        assertThat(scene).hasContent("scene");
        assertThat(scene.resolveSibling("textures/wood.png")).hasContent("wood");
        assertThat(store.lease(digest(zip), null)).isEmpty();
        assertThat(store.lease(digest(zip), "shot/other.blend")).isEmpty();
        assertThat(store.lease(digest(zip), "../scene.zip")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "a/../../evil", "/etc/evil", "C:/evil", "a\\..\\..\\evil", "bell\u0007", "."})
    @DisplayName("refuses a zip with a name that leads elsewhere, and writes nothing")
    void refusesEvilNames(String name) throws Exception {
        byte[] zip = zip("shot.blend", "scene", name, "evil");

        assertThat(put(zip)).isInstanceOf(PutOutcome.Unfit.class);

        assertThat(root).isEmptyDirectory();
        assertThat(root.resolveSibling("evil")).doesNotExist();
    }

    @Test
    @DisplayName("refuses a zip bomb, a damaged zip, and one that would break the quota")
    void refusesBombs() throws Exception {
        store = SceneStore.open(root, LIMIT, 100L * 1024 * 1024, time);
        byte[] bomb = zip("zeros", "\0".repeat(20 * 1024 * 1024));
        assertThat(put(bomb))
                .isInstanceOfSatisfying(
                        PutOutcome.Unfit.class, bad -> assertThat(bad.message()).contains("200 times"));

        byte[] zip = zip("a", "content of a", "b", "content of b");
        zip[zip.length / 2] ^= 0x55;
        zip[40] ^= 0x55;
        assertThat(put(zip)).isInstanceOf(PutOutcome.Unfit.class);
        byte[] cut = Arrays.copyOf(zip, zip.length / 2);
        assertThat(put(cut)).isInstanceOf(PutOutcome.Unfit.class);

        open();
        assertThat(put(zip("large", "x".repeat(300_000)))).isEqualTo(new PutOutcome.NoRoom(QUOTA));
        assertThat(root).isEmptyDirectory();
    }

    @Test
    @DisplayName(
            "refuses a zip of so many empty files that their entries on the disk would break the quota, and takes a few, also after a restart")
    void countsEmptyFiles() throws Exception {
        assertThat(put(emptyFiles(500))).isEqualTo(new PutOutcome.NoRoom(QUOTA));
        byte[] few = emptyFiles(30);
        assertThat(put(few)).isEqualTo(new PutOutcome.Stored());

        open();

        // Of 250 kB, 30 files take 120 kB, and were asked for just now.
        assertThat(store.has(digest(few))).isTrue();
        assertThat(put(emptyFiles(32))).isEqualTo(new PutOutcome.NoRoom(QUOTA));
        assertThat(put(emptyFiles(20))).isEqualTo(new PutOutcome.Stored());
    }

    private static byte[] emptyFiles(int count) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < count; i++) {
                zip.putNextEntry(new ZipEntry("empty-" + i));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    @DisplayName("refuses a zip that holds a symbolic link, and names it")
    void refusesLinks() throws Exception {
        byte[] zip = zip("shot.blend", "scene", "textures/wood.png", "/etc/passwd");
        assertThat(put(zip)).isInstanceOf(PutOutcome.Stored.class);

        assertThat(put(asLink(zip, "textures/wood.png")))
                .isInstanceOfSatisfying(
                        PutOutcome.Unfit.class,
                        bad -> assertThat(bad.message())
                                .contains("'textures/wood.png', a symbolic link")
                                .contains("pack the file itself"));
    }

    /** Gives an entry the mode of a link, in the list of files at the end, as archivers on Unix do. */
    private static byte[] asLink(byte[] zip, String name) {
        ByteBuffer bytes = ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = zip.length - 46; at >= 0; at--) {
            int length = bytes.getShort(at + 28);
            if (bytes.getInt(at) == 0x02014b50
                    && new String(zip, at + 46, length, StandardCharsets.UTF_8).equals(name)) {
                bytes.putInt(at + 38, 0xa1ff << 16);
            }
        }
        return bytes.array();
    }

    private PutOutcome put(byte[] scene) throws IOException {
        return store.put(digest(scene), new ByteArrayInputStream(scene));
    }

    private static Sha256 digest(byte[] content) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(content);
        return Sha256.of(digest);
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] zip(String... namesAndContents) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndContents[i]));
                zip.write(namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Breaks after so many bytes. */
    private static final class BrokenStream extends FilterInputStream {
        private int left;

        BrokenStream(byte[] content, int whole) {
            super(new ByteArrayInputStream(content));
            this.left = whole;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left <= 0) {
                throw new IOException("connection reset");
            }
            int count = super.read(into, offset, Math.min(length, left));
            left -= count;
            return count;
        }
    }

    /** Waits before its end until all others are there too. */
    private static final class MeetingStream extends InputStream {
        private final InputStream content;
        private final CyclicBarrier barrier;

        MeetingStream(byte[] content, CyclicBarrier barrier) {
            this.content = new ByteArrayInputStream(content);
            this.barrier = barrier;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = content.read(into, offset, length);
            if (count < 0) {
                try {
                    barrier.await();
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
            return count;
        }
    }
}
