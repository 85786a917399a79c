package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Lines of Blender")
class BlenderLinesTest {

    @Test
    @DisplayName("recorded from 3.4.1 with Cycles, EEVEE and Workbench are all understood")
    void recorded() throws IOException {
        List<BlenderLine> lines =
                recordedLines().stream().map(BlenderLines::parse).toList();

        assertThat(lines).contains(new BlenderLine.Version("3.4.1"));
        assertThat(lines)
                .contains(
                        new BlenderLine.Saved("/render/nodes/Image0001.png"),
                        new BlenderLine.Saved("/render/CYCLES.png"),
                        new BlenderLine.Saved("/render/BLENDER_EEVEE.png"),
                        new BlenderLine.Saved("/render/BLENDER_WORKBENCH.png"));
        assertThat(lines).noneMatch(line -> line instanceof BlenderLine.Problem);
        List<String> samples = lines.stream()
                .filter(BlenderLine.Progress.class::isInstance)
                .map(BlenderLine.Progress.class::cast)
                .filter(progress -> progress.sample() != null)
                .map(progress -> progress.sample() + "/" + progress.samples())
                .toList();
        assertThat(samples).containsExactly("0/64", "1/64", "64/64", "1/4", "4/4");
        assertThat(lines).contains(new BlenderLine.Progress(1, 1, 64, Duration.ofMillis(40), mib(10.42), mib(10.58)));
    }

    @Test
    @DisplayName("of 5.x, as its documentation shows them, are understood: prefixed and spaced otherwise")
    void newerFormat() {
        assertThat(BlenderLines.parse(
                        "01:08.428  render           | Fra: 1 | Remaining: 01:05.01 | Mem: 1699M | Sample 64/128"))
                .isEqualTo(new BlenderLine.Progress(1, 64, 128, Duration.ofMillis(65_010), mib(1699), null));
        assertThat(BlenderLines.parse("02:19.739  render           | Saved: '/x/0001.png'"))
                .isEqualTo(new BlenderLine.Saved("/x/0001.png"));
        assertThat(BlenderLines.parse("00:00.891  reports          | ERROR Cannot render, no camera"))
                .isEqualTo(new BlenderLine.Problem("Cannot render, no camera"));
        assertThat(BlenderLines.parse("01:00:00.891  reports          | WARNING 1 libraries are missing"))
                .isEqualTo(new BlenderLine.Warning("1 libraries are missing"));
    }

    @Test
    @DisplayName("of 2.8 and 2.9, as their documentation shows them, count tiles")
    void tiles() {
        assertThat(BlenderLines.parse("Fra:12 Mem:68.81M (0.00M, Peak 78.91M) | Time:00:02.81 | Remaining:00:10.34 |"
                        + " Mem:4.02M, Peak:4.02M | Scene, View Layer | Rendered 3/510 Tiles, Sample 12/128"))
                .isEqualTo(new BlenderLine.Progress(12, 3, 510, Duration.ofMillis(10_340), mib(68.81), mib(78.91)));
        assertThat(BlenderLines.parse("Fra:12 Mem:68.81M (0.00M, Peak 78.91M) | Time:00:02.81 |"
                        + " Mem:4.02M, Peak:4.02M | Scene, View Layer | Rendered 0/1 Tiles, Sample 12/128"))
                .isEqualTo(new BlenderLine.Progress(12, 12, 128, null, mib(68.81), mib(78.91)));
    }

    @Test
    @DisplayName("tell negative frames")
    void negativeFrames() {
        assertThat(BlenderLines.parse("Fra:-5 Mem:9.35M (Peak 9.42M) | Time:00:00.00 | Compositing"))
                .isEqualTo(new BlenderLine.Progress(-5, null, null, null, mib(9.35), mib(9.42)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error: Cannot render, no camera",
                "Error: engine not found 'NOPE'",
                "Malloc returns null: len=33554432 in imb_addrectImBuf, total 18446744072627384800",
                "Writing: /tmp/x.blend.crash.txt/blender.crash.txt",
                "Traceback (most recent call last):",
                "ERROR (bke.modifier): modifier.cc:458 BKE_modifier_set_error: Object: \"Cube\", No such file",
            })
    @DisplayName("that are errors are seen as such")
    void problems(String line) {
        assertThat(BlenderLines.parse(line)).isEqualTo(new BlenderLine.Problem(line));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Warning: Unable to open '/x/lender.blend': No such file | Unable to open '/x/lender.blend': No such file
                    Warning: File written by newer Blender binary (405.6)   | File written by newer Blender binary (405.6)
                    """)
    @DisplayName("that are warnings are seen as such")
    void warnings(String line, String text) {
        assertThat(BlenderLines.parse(line)).isEqualTo(new BlenderLine.Warning(text));
    }

    @Test
    @DisplayName("about an existing frame are seen as such")
    void skipped() {
        assertThat(BlenderLines.parse("skipping existing frame \"/x/0001.png\""))
                .isEqualTo(new BlenderLine.Skipped("/x/0001.png"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Blender quit",
                "EGL Error (0x3001): EGL_NOT_INITIALIZED: EGL is not initialized",
                "Fra:",
                "Fra:99999999999999999999 Mem:1M",
                "Saved:",
                "00:00.891  reports",
                "Fra: x",
            })
    @DisplayName("that say nothing, or are broken, are kept as they are")
    void others(String line) {
        assertThat(BlenderLines.parse(line)).isEqualTo(new BlenderLine.Other(line));
    }

    @Test
    @DisplayName("with broken numbers give what is whole")
    void brokenNumbers() {
        assertThat(BlenderLines.parse("Fra:1 Mem:1.2.3M | Remaining:::. | Sample 1/2"))
                .isEqualTo(new BlenderLine.Progress(1, 1, 2, null, null, null));
    }

    private static long mib(double count) {
        return (long) (count * 1024 * 1024);
    }

    private static List<String> recordedLines() throws IOException {
        try (InputStream source = BlenderLinesTest.class.getResourceAsStream("recorded-3.4.1.txt")) {
            return new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
