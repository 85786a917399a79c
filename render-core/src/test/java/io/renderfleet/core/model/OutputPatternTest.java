package io.renderfleet.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A pattern for the names of frames")
class OutputPatternTest {
    @ParameterizedTest(name = "{0}")
    @DisplayName("refuses the names of Windows' devices, with any extension, in any part and case")
    @ValueSource(
            strings = {
                "CON",
                "con.####",
                "NUL.tar_####",
                "nul .x####",
                "renders/aux/shot_####",
                "Aux.old/shot_####",
                "PRN/a",
                "COM1",
                "lpt9.shot_####",
                "com\u00b2",
                "COM#",
                "LPT#.final"
            })
    void devices(String text) {
        assertThatThrownBy(() -> new OutputPattern(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("output '" + text + "' holds '")
                .hasMessageContaining("which is a device and no file on Windows: choose another name, such as '_");
    }

    @Test
    @DisplayName("names the part that is a device, and a way out that is none")
    void wayOut() {
        assertThatThrownBy(() -> new OutputPattern("renders/nul.d/shot"))
                .hasMessage(
                        "output 'renders/nul.d/shot' holds 'nul.d', which is a device and no file on Windows: choose"
                                + " another name, such as '_nul.d'");
        assertThat(new OutputPattern("renders/_nul.d/shot").path(1)).isEqualTo("renders/_nul.d/shot0001");
    }

    @ParameterizedTest(name = "\"{0}\"")
    @DisplayName("refuses folders whose last dot or space Windows would leave out")
    @ValueSource(strings = {"shots./a_####", "shots /a_####", "a/b../c"})
    void folders(String text) {
        assertThatThrownBy(() -> new OutputPattern(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not end with a dot or a space");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("takes names that only begin like a device")
    @ValueSource(
            strings = {
                "CON_####",
                "console",
                "nulls/a",
                "com10",
                "com",
                "COM##",
                "comet#",
                "auxiliary.x",
                "shot.con",
                "lpt0",
                "a. b"
            })
    void others(String text) {
        assertThat(new OutputPattern(text).text()).isEqualTo(text);
    }

    @Test
    @DisplayName("puts the frame's number in place of its last run of #, or at its end")
    void numbers() {
        assertThat(new OutputPattern("a#_##/shot_####.x").path(7)).isEqualTo("a#_##/shot_0007.x");
        assertThat(new OutputPattern("shot").path(-7)).isEqualTo("shot-0007");
        assertThat(new OutputPattern("#").path(123)).isEqualTo("123");
    }
}
