package io.renderfleet.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A table of frames")
class FrameTableTest {
    private static final List<String> NAMES = List.of(
            "shot_%04d.png",
            "%d", "passes/depth.%d.exr", "take 4/%d/Größe (%d)@2x.mp4", "nothing of the number.png", "日本語 %06d.webp");

    private static Sha256 digest(SplittableRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return new Sha256(HexFormat.of().formatHex(bytes));
    }

    private static FrameOutput output(int frame, SplittableRandom random) {
        List<OutputFile> files = new ArrayList<>();
        int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 40 : 2);
        int main = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            String name = String.format(NAMES.get(random.nextInt(NAMES.size())), frame, frame);
            long bytes = 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
            files.add(new OutputFile(i + "/" + name, bytes, digest(random), i == main));
        }
        FrameOutput output = new FrameOutput(frame, files, Duration.ofNanos(random.nextLong() >>> random.nextInt(64)));
        return random.nextBoolean()
                ? output
                : output.by(
                        new AttemptId("f-" + random.nextInt(3), 1 + random.nextInt(5), 1 + random.nextInt(1_000_000)));
    }

    @Test
    @DisplayName("gives back whatever was put in, by frame number, and keeps the first of two")
    void givesBack() {
        for (long seed = 1; seed <= 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int span = random.nextInt(2) == 0 ? 50 : FrameSet.MAX_FRAME;
            FrameTable.Builder builder = new FrameTable.Builder();
            Map<Integer, FrameOutput> model = new TreeMap<>();
            for (int i = random.nextInt(100); i > 0; i--) {
                FrameOutput output = output(random.nextInt(2 * span) - span, random);
                assertThat(builder.add(output))
                        .as("seed %d", seed)
                        .isEqualTo(model.putIfAbsent(output.frame(), output) == null);
            }

            assertThat(builder.build()).as("seed %d", seed).isEqualTo(List.copyOf(model.values()));
            assertThat(builder.size()).as("seed %d", seed).isEqualTo(model.size());
            for (int frame = -60; frame < 60; frame++) {
                assertThat(builder.get(frame)).as("seed %d", seed).isEqualTo(model.get(frame));
            }
            assertThat(FrameTable.of(model.values())).as("seed %d", seed).isEqualTo(builder.build());
        }
    }

    @Test
    @DisplayName("stays as it was made while more frames come, over many pages")
    void staysAsItWas() {
        SplittableRandom random = new SplittableRandom(7);
        FrameTable.Builder builder = new FrameTable.Builder();
        List<FrameOutput> all = new ArrayList<>();
        List<FrameTable> tables = new ArrayList<>();
        for (int frame = 0; frame < 5_000; frame++) {
            all.add(output(frame, random));
            builder.add(all.get(frame));
            if (frame % 500 == 0) {
                tables.add(builder.build());
            }
        }

        for (FrameTable table : tables) {
            assertThat(table).isEqualTo(all.subList(0, table.size()));
        }
    }

    @Test
    @DisplayName("knows nothing of frames that no scene can have")
    void outOfRange() {
        FrameTable.Builder builder = new FrameTable.Builder();
        builder.add(output(FrameSet.MIN_FRAME, new SplittableRandom(1)));
        builder.add(output(FrameSet.MAX_FRAME, new SplittableRandom(1)));

        assertThat(builder.get(Integer.MAX_VALUE)).isNull();
        assertThat(builder.get(Integer.MIN_VALUE)).isNull();
        assertThat(builder.build())
                .extracting(FrameOutput::frame)
                .containsExactly(FrameSet.MIN_FRAME, FrameSet.MAX_FRAME);
        assertThatThrownBy(() -> builder.add(output(FrameSet.MAX_FRAME + 1, new SplittableRandom(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048575");
    }
}
