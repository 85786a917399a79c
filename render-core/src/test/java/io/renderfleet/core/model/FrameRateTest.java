package io.renderfleet.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A frame rate")
class FrameRateTest {
    FrameRateTest() {}

    @ParameterizedTest(name = "{0} is {1}")
    @DisplayName("is read as a number or as a fraction, and written in lowest terms")
    @CsvSource({"25,25", "24.0,24", "12.5,25/2", "29.97,30000/1001", "23.976,24000/1001", "60000/2002,30000/1001"})
    void reads(String text, String rate) {
        assertThat(FrameRate.parse(text)).hasToString(rate);
        assertThat(FrameRate.parse(rate)).isEqualTo(FrameRate.parse(text));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("is refused where it is none, with an example of one")
    @ValueSource(strings = {"", "0", "-5", "100001", "24/0", "0/1", "1e3", "99999999999/1", "fast"})
    void refuses(String text) {
        assertThatThrownBy(() -> FrameRate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("30000/1001");
    }

    @Test
    @DisplayName("is the same for equal fractions")
    void equalFractions() {
        assertThat(new FrameRate(60_000, 2_002)).isEqualTo(new FrameRate(30_000, 1_001));
        assertThat(FrameRate.of(24)).isEqualTo(new FrameRate(24_000, 1_000));
    }
}
