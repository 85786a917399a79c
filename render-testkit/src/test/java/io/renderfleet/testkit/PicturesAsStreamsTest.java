package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.renderfleet.core.image.ImageBounds;
import io.renderfleet.core.image.ImageCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The check of a picture in a stream")
@Timeout(60)
class PicturesAsStreamsTest {
    @TempDir
    Path folder;

    static Stream<Arguments> wholePictures() throws IOException {
        Map<String, byte[]> all = SamplePictures.streamed();
        all.put("black.png", SamplePictures.blackPng(50, 3));
        return all.entrySet().stream().map(picture -> arguments(picture.getKey(), picture.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholePictures")
    @DisplayName("finds nothing wrong with a whole picture, however its bytes are cut")
    void whole(String name, byte[] content) throws Exception {
        assertThat(verdict(name, content, content.length, ImageBounds.ANY)).isEmpty();
        assertThat(verdict(name, content, 1, ImageBounds.ANY)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholePictures")
    @DisplayName("finds the same wrong with a picture cut off, wherever that is and however its bytes are cut")
    void truncated(String name, byte[] content) throws Exception {
        int step = Math.max(1, content.length / 100);
        for (int length = 1; length < content.length; length += length < 64 ? 1 : step) {
            byte[] cut = Arrays.copyOf(content, length);
            Optional<String> flaw = verdict(name, cut, length, ImageBounds.ANY);
            assertThat(flaw).as("%d of %d bytes", length, content.length).isPresent();
            assertThat(verdict(name, cut, 1, ImageBounds.ANY)).isEqualTo(flaw);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholePictures")
    @DisplayName("says the same of a picture with a wrong byte, however its bytes are cut, and never fails itself")
    void damaged(String name, byte[] content) throws Exception {
        Random random = new Random(content.length);
        for (int i = 0; i < content.length; i += i < 400 ? 1 : content.length / 100) {
            byte[] damaged = content.clone();
            damaged[i] ^= (byte) (1 + random.nextInt(255));
            Optional<String> flaw = verdict(name, damaged, damaged.length, ImageBounds.ANY);
            assertThat(verdict(name, damaged, 1, ImageBounds.ANY))
                    .as("byte %d", i)
                    .isEqualTo(flaw);
            assertThat(verdict(name, damaged, 7, ImageBounds.ANY))
                    .as("byte %d", i)
                    .isEqualTo(flaw);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholePictures")
    @DisplayName("finds a file wrong that ends before its announced length")
    void shorter(String name, byte[] content) throws Exception {
        Path file = Files.write(folder.resolve("file"), content);
        try (ImageCheck check =
                ImageCheck.of(name, content.length, ImageBounds.ANY).orElseThrow()) {
            check.add(ByteBuffer.wrap(content, 0, content.length - 1));
            assertThat(check.end(file)).contains("is cut off after " + (content.length - 1) + " bytes");
        }
    }

    @Test
    @DisplayName("takes a picture that is cropped, or has two beside or above each other, and none that is larger")
    void bounds() throws Exception {
        ImageBounds asked = new ImageBounds(48, 40);
        assertThat(ofSize(48, 40, asked)).isEmpty();
        assertThat(ofSize(20, 10, asked)).isEmpty();
        assertThat(ofSize(96, 40, asked)).isEmpty();
        assertThat(ofSize(48, 80, asked)).isEmpty();
        assertThat(ofSize(97, 40, asked)).contains("has 97 x 40 pixels, but 48 x 40 was asked for");
        assertThat(ofSize(49, 41, asked)).isPresent();

        ImageBounds smaller = new ImageBounds(24, 20);
        for (Arguments whole : wholePictures().toList()) {
            String name = String.valueOf(whole.get()[0]);
            if (!name.equals("black.png") && !name.equals("a.webp")) {
                assertThat(verdict(name, (byte[]) whole.get()[1], 99, smaller))
                        .as(name)
                        .contains("has 48 x 40 pixels, but 24 x 20 was asked for");
            }
        }
        Path tiff = Files.write(folder.resolve("a.tif"), SamplePictures.tiff(null));
        try (ImageCheck check =
                ImageCheck.of("a.tif", Files.size(tiff), smaller).orElseThrow()) {
            assertThat(check.end(tiff)).contains("has 48 x 40 pixels, but 24 x 20 was asked for");
        }
    }

    private Optional<String> ofSize(int width, int height, ImageBounds asked) throws IOException {
        byte[] png = SamplePictures.blackPng(width, height);
        return verdict("a.png", png, png.length, asked);
    }

    @Test
    @DisplayName(
            "refuses a picture of impossible size at its header, and stops inflating where there is more than the header says")
    void bombs() throws Exception {
        byte[] zeros = new byte[64 << 20];
        byte[] huge = SamplePictures.png(Integer.MAX_VALUE, Integer.MAX_VALUE, zeros);
        byte[] dense = SamplePictures.png(8, 8, zeros);

        assertThat(firstFlawAfter(huge)).isLessThan(64);
        assertThat(verdict("a.png", dense, 1024, ImageBounds.ANY)).contains("has damaged pixels");
        assertThat(firstFlawAfter(dense)).isLessThan(1024);
    }

    private static int firstFlawAfter(byte[] png) {
        try (ImageCheck check =
                ImageCheck.of("a.png", png.length, ImageBounds.ANY).orElseThrow()) {
            int fed = 0;
            while (check.flaw().isEmpty()) {
                check.add(ByteBuffer.wrap(png, fed++, 1));
            }
            return fed;
        }
    }

    @Test
    @DisplayName("finds chunks of an OpenEXR file that lie over each other")
    void overlapping() throws Exception {
        byte[] exr = SamplePictures.tiledExr();
        // Four tiles, the last of which has 16 x 8 half-floats; before the first is the table.
        int sizes = 2 * (32 * 32 + 16 * 32 + 32 * 8 + 16 * 8);
        int first = exr.length - sizes - 4 * 20;
        ByteBuffer fields = ByteBuffer.wrap(exr).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(fields.getInt(first + 16)).isEqualTo(2 * 32 * 32);
        fields.putInt(first + 16, 2 * 32 * 32 + 1);

        int second = first + 20 + 2 * 32 * 32;
        assertThat(verdict("a.exr", exr, exr.length, ImageBounds.ANY))
                .contains("has chunks that overlap at byte " + second + " of " + exr.length);
    }

    private Optional<String> verdict(String name, byte[] content, int piece, ImageBounds bounds) throws IOException {
        try (ImageCheck check = ImageCheck.of(name, content.length, bounds).orElseThrow()) {
            for (int at = 0; at < content.length; at += piece) {
                check.add(ByteBuffer.wrap(content, at, Math.min(piece, content.length - at))
                        .asReadOnlyBuffer());
            }
            return check.end(folder.resolve("not needed"));
        }
    }
}
