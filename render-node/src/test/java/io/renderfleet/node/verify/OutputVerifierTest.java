package io.renderfleet.node.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.testkit.ExternalTool;
import io.renderfleet.testkit.SamplePictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The verification of outputs")
class OutputVerifierTest {
    @TempDir
    Path temp;

    private Path folder = Path.of("");
    private final OutputVerifier verifier = new OutputVerifier();

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temp.resolve("attempt"));
    }

    static Stream<Arguments> wholeImages() throws IOException {
        Map<String, byte[]> all = SamplePictures.streamed();
        all.put("plain.tif", SamplePictures.tiff(null));
        all.put("lzw.tif", SamplePictures.tiff("LZW"));
        all.put("zip.tiff", SamplePictures.tiff("Deflate"));
        all.put("differences.tif", SamplePictures.tiffOfDifferences());
        return all.entrySet().stream().map(picture -> arguments(picture.getKey(), picture.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholeImages")
    @DisplayName("takes a whole image and gives its length and digest")
    void takesWholeImages(String name, byte[] content) throws Exception {
        Path file = Files.write(folder.resolve(name), content);

        assertThat(verifier.verify(folder, file)).isEqualTo(new Verification.Whole(content.length, Sha256.of(file)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholeImages")
    @DisplayName("finds an image damaged wherever it is cut off")
    void refusesEveryTruncation(String name, byte[] content) throws Exception {
        List<Integer> taken = new ArrayList<>();
        int step = Math.max(1, content.length / 60);
        for (int length = 1; length < content.length; length += length < 64 ? 1 : step) {
            Path file = Files.write(folder.resolve(name), Arrays.copyOf(content, length));
            if (verifier.verify(folder, file) instanceof Verification.Whole) {
                taken.add(length);
            }
        }
        assertThat(taken)
                .as("lengths of %s (of %d) that passed as whole", name, content.length)
                .isEmpty();
    }

    static Stream<Arguments> protectedImages() throws IOException {
        return Stream.of(
                arguments("a.png", SamplePictures.png(), 0, 10),
                arguments("interlaced.png", SamplePictures.interlacedPng(), 0, 10),
                // Only the pixels of these bear a checksum: the inside of the last chunk.
                arguments("zip.exr", SamplePictures.exr(3), SamplePictures.exr(3).length - 600, 10));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("protectedImages")
    @DisplayName("finds a single flipped bit where the format has checksums")
    void refusesFlippedBits(String name, byte[] content, int from, int step) throws Exception {
        List<Integer> taken = new ArrayList<>();
        for (int i = from; i < content.length; i += step) {
            byte[] damaged = content.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            Path file = Files.write(folder.resolve(name), damaged);
            if (verifier.verify(folder, file) instanceof Verification.Whole) {
                taken.add(i);
            }
        }
        assertThat(taken).as("flipped bytes of %s that nobody saw", name).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholeImages")
    @DisplayName("survives any flipped byte without an exception")
    void survivesNoise(String name, byte[] content) throws Exception {
        for (int i = 0; i < content.length; i += Math.max(1, content.length / 100)) {
            byte[] damaged = content.clone();
            damaged[i] = (byte) ~damaged[i];
            Path file = Files.write(folder.resolve(name), damaged);

            assertThat(verifier.verify(folder, file))
                    .as("byte %d of %s", i, name)
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.jpg", "a.tif", "a.webp", "a.exr"})
    @DisplayName("finds an image damaged that is something else than its name says")
    void refusesJunk(String name) throws Exception {
        Path file = Files.writeString(folder.resolve(name), "This is no picture at all, but long enough to be one.");

        assertFlaw(file, FailureKind.FRAME_DAMAGED);
    }

    @Test
    @DisplayName("takes what it knows no structure of, as long as it is not empty")
    void takesOtherFormats() throws Exception {
        Path file = Files.writeString(folder.resolve("depth.pfm"), "Pf");

        assertThat(verifier.verify(folder, file)).isInstanceOf(Verification.Whole.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.exr", "a.data"})
    @DisplayName("finds a file of no bytes empty")
    void refusesEmptyFiles(String name) throws Exception {
        assertFlaw(Files.createFile(folder.resolve(name)), FailureKind.FRAME_EMPTY);
    }

    @Test
    @DisplayName("misses a file that is not there")
    void missesFiles() {
        assertFlaw(folder.resolve("nowhere.png"), FailureKind.FRAME_MISSING);
    }

    @Test
    @DisplayName("takes nothing from outside of the attempt's folder, by path or by link")
    void refusesForeignFiles() throws Exception {
        Path foreign = Files.write(temp.resolve("foreign.png"), SamplePictures.png());
        Path link = Files.createSymbolicLink(folder.resolve("link.png"), foreign);
        Path folderLink = Files.createSymbolicLink(folder.resolve("sub"), temp);

        assertFlaw(foreign, FailureKind.FRAME_MISSING);
        assertFlaw(folder.resolve("../foreign.png"), FailureKind.FRAME_MISSING);
        assertFlaw(link, FailureKind.FRAME_MISSING);
        assertFlaw(folderLink.resolve("foreign.png"), FailureKind.FRAME_MISSING);
        assertFlaw(Files.createDirectory(folder.resolve("folder.png")), FailureKind.FRAME_MISSING);
    }

    @Test
    @DisplayName(
            "knows without reading it again that a file is what was verified, also under another name, and that a changed one is not")
    void remembers() throws Exception {
        byte[] content = SamplePictures.exr(3);
        Path file = Files.write(folder.resolve("a.exr"), content);
        OutputFile verified = new OutputFile("a.exr", content.length, Sha256.of(file), true);
        verifier.verify(folder, file);
        Path published = Files.move(file, folder.resolve("b.exr"));
        verifier.moved(file, published);

        long before = bytesRead();
        assertThat(verifier.isAsVerified(published, verified)).isTrue();
        assertThat(bytesRead() - before).as("bytes that this thread has read").isLessThan(content.length);

        FileTime written = Files.getLastModifiedTime(published);
        content[content.length - 1] ^= 1;
        Files.write(published, content);
        Files.setLastModifiedTime(published, written);
        assertThat(verifier.isAsVerified(published, verified)).isFalse();
    }

    /** As the kernel counts it, and 0 where it does not: the first look alone reads some hundred bytes. */
    private static long bytesRead() throws IOException {
        Path count = Path.of("/proc/thread-self/io");
        if (!Files.isReadable(count)) {
            return 0;
        }
        String line = Files.readAllLines(count).get(0);
        return Long.parseLong(line.substring(line.indexOf(' ') + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "tif", "exr", "webp"})
    @DisplayName("takes what ffmpeg writes, and refuses it cut short")
    void agreesWithOthers(String extension) throws Exception {
        Path program = ExternalTool.FFMPEG.require();
        Path file = folder.resolve("other." + extension);
        Process ffmpeg = new ProcessBuilder(
                        program.toString(),
                        "-v",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=size=96x64",
                        "-frames:v",
                        "1",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(ffmpeg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ffmpeg.waitFor()).as(said).isZero();

        assertThat(verifier.verify(folder, file)).isInstanceOf(Verification.Whole.class);

        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length * 2 / 3));
        assertFlaw(file, FailureKind.FRAME_DAMAGED);
    }

    private void assertFlaw(Path file, FailureKind kind) {
        assertThat(verifier.verify(folder, file))
                .isInstanceOfSatisfying(
                        Verification.Flawed.class,
                        flawed -> assertThat(flawed.kind()).as(flawed.message()).isEqualTo(kind));
    }
}
