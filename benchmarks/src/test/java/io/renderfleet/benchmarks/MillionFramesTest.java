package io.renderfleet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("long")
@DisplayName("A job of a million frames")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MillionFramesTest {

    @Test
    @DisplayName("fits into a heap of 300 MB, from the first frame to the last, and every frame is as it was rendered")
    void fitsIntoTheHeap() throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process farm = new ProcessBuilder(
                        java.toString(),
                        "-Xmx300m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MillionFrames.class.getName(),
                        "1000000",
                        "every second")
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(farm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(farm.waitFor()).as(output).isZero();
            assertThat(output).contains("every second").contains("1,000,000");
        } finally {
            farm.destroyForcibly();
        }
    }
}
