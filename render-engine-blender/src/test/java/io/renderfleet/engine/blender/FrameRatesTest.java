package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FrameRate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A frame rate of Blender's")
class FrameRatesTest {

    @ParameterizedTest(name = "{0} by {1} is {2}")
    @CsvSource({
        "24, 1, 24",
        "30, 1.001, 30000/1001",
        "24, 1.001, 24000/1001",
        "60, 1.001, 60000/1001",
        "25, 2, 25/2",
        "2997, 100, 2997/100",
        "30, 1.001001, 2997/100",
        "12, 0.7, 120/7",
        "1, 3.3333333, 3/10"
    })
    @DisplayName("is the simplest fraction that comes to its numbers")
    void simplest(int frames, float base, String expected) {
        FrameRate rate = FrameRates.of(frames, base);

        assertThat(rate).hasToString(expected);
    }

    @Test
    @DisplayName("is none where no film can have it")
    void none() {
        assertThat(FrameRates.of(1, 1_000_000f)).isNull();
        assertThat(FrameRates.of(30, 0f)).isNull();
        assertThat(FrameRates.of(32_767, 1e-5f)).isNull();
        assertThat(FrameRates.of(24, Float.NaN)).isNull();
    }
}
