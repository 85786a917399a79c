package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.image.ImageBounds;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Sha256;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is expected of a frame")
class FrameExpectationTest {
    private static final long MAX_FILE = 8L << 30;
    private static final long MIB = 1 << 20;

    private static OutputFile file(String name, long bytes, boolean main) {
        return new OutputFile(name, bytes, new Sha256("ab".repeat(32)), main);
    }

    private static FrameExpectation of(
            @Nullable Integer width, @Nullable Integer height, @Nullable Integer percentage, @Nullable String format) {
        RenderSettings settings = RenderSettings.builder()
                .width(width)
                .height(height)
                .percentage(percentage)
                .format(format)
                .build();
        return FrameExpectation.of(settings, MAX_FILE);
    }

    @Test
    @DisplayName("is nothing but the greatest length where the request states nothing")
    void nothing() {
        FrameExpectation any = of(null, null, null, null);

        assertThat(any.bounds()).isEqualTo(ImageBounds.ANY);
        assertThat(any.flawOf(file("a.png", MAX_FILE, true), MAX_FILE)).isNull();
        assertThat(any.flawOf(file("a.dat", 1, true), MAX_FILE)).isNull();
        assertThat(any.flawOf(file("a.png", MAX_FILE + 1, true), MAX_FILE))
                .isEqualTo("has 8589934593 bytes: at most 8589934592 are taken");
    }

    @Test
    @DisplayName(
            "is the size that is stated, rounded up where a part of it is asked for; one side alone bounds that side")
    void size() {
        assertThat(of(1920, 1080, null, null).bounds()).isEqualTo(new ImageBounds(1920, 1080));
        assertThat(of(1921, 1080, 50, null).bounds()).isEqualTo(new ImageBounds(961, 540));
        assertThat(of(4, 4, 1, null).bounds()).isEqualTo(new ImageBounds(1, 1));
        assertThat(of(100, null, null, null).bounds()).isEqualTo(new ImageBounds(100, 65_536));
        assertThat(of(65_536, 65_536, 100, null).bounds()).isEqualTo(ImageBounds.ANY);
    }

    @Test
    @DisplayName("is a length far above what a picture of that size needs, and never more than that of any file")
    void length() {
        long pixels = 1920 * 1080;
        assertThat(of(1920, 1080, null, "OPEN_EXR").mostBytes()).isEqualTo(pixels * 128 + 16 * MIB);
        assertThat(of(192, 108, null, "OPEN_EXR_MULTILAYER").mostBytes())
                .isEqualTo(192 * 108 * 4096 + 16 * MIB)
                .isEqualTo(of(192, 108, null, null).mostBytes());
        assertThat(of(65_536, 65_536, null, "PNG").mostBytes()).isEqualTo(MAX_FILE);
        assertThat(of(null, 1080, null, "PNG").mostBytes()).isEqualTo(MAX_FILE);
    }

    @Test
    @DisplayName("is a name of the format that is stated, of the picture and not of what the scene writes beside it")
    void format() {
        FrameExpectation exr = of(64, 36, null, "OPEN_EXR_MULTILAYER");

        assertThat(exr.flawOf(file("a.EXR", 1, true), MAX_FILE)).isNull();
        assertThat(exr.flawOf(file("a.png", 1, true), MAX_FILE))
                .isEqualTo("is no OpenEXR file by its name, but the request asks for one");
        assertThat(exr.flawOf(file("a", 1, true), MAX_FILE)).isNotNull();
        assertThat(exr.flawOf(file("mask.png", MAX_FILE, false), MAX_FILE)).isNull();
        assertThat(exr.boundsOf(file("mask.png", 1, false))).isEqualTo(ImageBounds.ANY);
        assertThat(of(64, 36, null, "DPX").flawOf(file("a.dpx", 1, true), MAX_FILE))
                .isNull();
    }
}
