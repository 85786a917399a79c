package io.renderfleet.core.model;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The text of a set of frames")
class FrameSetTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "1-99999999 | frame 99999999 is out of range: frames go from -1048574 to 1048574",
                "-1048575 | frame -1048575 is out of range: frames go from -1048574 to 1048574",
                "1-20x0 | '1-20x0' has a step of 0: a step is 1 or more",
                "1-20,a | 'a' is not a frame or a range of frames: write 7, 1-20, 1-10x3, -5--1 or 10-1, separated by commas"
            })
    @DisplayName("is refused with what is wrong with it")
    void refuses(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameSet.parse(text))
                .withMessage(message);
    }
}
