package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@DisplayName("The flags for shares")
class ShareOptionsTest {
    ShareOptionsTest() {}

    private static void check(String... flags) {
        ShareOptions options = new ShareOptions();
        new CommandLine(options).parseArgs(flags);
        options.check();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--owner-weight lighting=2 --owner-weight a=b=0.5",
                "--within-owner shortest-first",
                "--warm-tolerance 0",
                "--max-priority -1000"
            })
    @DisplayName("take what is in range")
    void right(String flags) {
        assertThatCode(() -> check(flags.split(" ", -1))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "--owner-weight lighting, like lighting=2",
        "--owner-weight =2, like lighting=2",
        "--owner-weight lighting=much, like lighting=2",
        "--owner-weight lighting=0, from 0.01 to 100.0",
        "--owner-weight lighting=NaN, from 0.01 to 100.0",
        "--owner-weight lighting=2 --owner-weight lighting=3, twice",
        "--within-owner fair, it must be equal or shortest-first",
        "--warm-tolerance 86401, --warm-tolerance",
        "--max-priority 1001, --max-priority"
    })
    @DisplayName("refuse what is not, by the name of the flag")
    void wrong(String flags, String says) {
        assertThatThrownBy(() -> check(flags.split(" ", -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(flags.split(" ", -1)[0])
                .hasMessageContaining(says);
    }
}
