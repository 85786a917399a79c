package io.renderfleet.transport.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A list of frames")
class FrameListTest {
    private static final String SHA = "0123456789abcdef".repeat(4);

    private final Random random = new Random(20261130);

    @Test
    @DisplayName("is never said to be shorter than it is as JSON")
    void surelyShort() {
        int longest = 0;
        for (int i = 0; i < 2_000; i++) {
            List<FrameList.Entry> entries =
                    IntStream.range(0, random.nextInt(5)).mapToObj(n -> entry()).toList();
            int bytes = Wire.write(entries).length;
            longest = Math.max(longest, bytes);

            assertThat(FrameList.surelyShort(entries, bytes - 1))
                    .as("%s", entries)
                    .isFalse();
        }
        assertThat(longest).isGreaterThan(1_000);
    }

    @Test
    @DisplayName("of a hundred frames with usual names surely fits into the answer about the end of their job")
    void usual() {
        String attempt = "farm-0123456789/12/3456";
        List<FrameList.Entry> entries = IntStream.range(1, 101)
                .mapToObj(n -> new FrameList.Entry(
                        n,
                        List.of(new FrameList.FileEntry("shot_%04d.png".formatted(n), 48_213L, SHA, true)),
                        4.25,
                        attempt))
                .toList();

        assertThat(FrameList.surelyShort(entries, JobStatus.MAX_OUTPUTS_BYTES)).isTrue();
    }

    private FrameList.Entry entry() {
        List<FrameList.FileEntry> files = IntStream.range(0, random.nextInt(4))
                .mapToObj(n -> new FrameList.FileEntry(
                        text(),
                        random.nextBoolean() ? null : random.nextLong(),
                        SHA,
                        random.nextBoolean() ? null : false))
                .toList();
        return new FrameList.Entry(
                -random.nextInt(1_048_575),
                random.nextInt(8) == 0 ? null : files,
                random.nextBoolean() ? null : -random.nextDouble() * 1e-7,
                text());
    }

    private @Nullable String text() {
        if (random.nextInt(8) == 0) {
            return null;
        }
        String characters = "ab_.-/ \"\\\t\u0000\u0001\u007fé–字\uD83D\uDE00";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            text.appendCodePoint(characters.codePointAt(characters.offsetByCodePoints(
                    0, random.nextInt(characters.codePointCount(0, characters.length())))));
        }
        return text.toString();
    }
}
