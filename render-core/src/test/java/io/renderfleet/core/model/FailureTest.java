package io.renderfleet.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A failure")
class FailureTest {
    private static final String TITLE = "\u001b]0;owned\u0007";

    @Test
    @DisplayName("brings no commands of a scene or a node to a terminal, in its sentence or in its log")
    void plainText() {
        Failure failure = Failure.of(FailureKind.CRASHED, "It crashed" + TITLE + "\u202ereversed")
                .withLog(List.of("Error: \u001b[2J" + TITLE, "first\nsecond\u0085third"));

        assertThat(failure.message()).isEqualTo("It crashed ]0;owned  reversed");
        assertThat(failure.log()).containsExactly("Error:  [2J ]0;owned ", "first second third");
    }
}
