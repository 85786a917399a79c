package io.renderfleet.transport.http.header;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Prefer: wait")
class WaitPreferenceTest {

    @ParameterizedTest(name = "''{0}'' means {1} s")
    @DisplayName("is found among other preferences and cut to 25 seconds")
    @CsvSource(
            delimiter = '|',
            value = {
                "wait=10|10",
                "WAIT=10|10",
                "wait = 10|10",
                "wait=\"10\"|10",
                "respond-async, wait=10|10",
                "respond-async,wait=10;foo=bar|10",
                "wait=10, wait=20|10",
                "wait=25|25",
                "wait=26|25",
                "wait=999999999999|25",
            })
    void isRead(String value, long seconds) {
        assertThat(WaitPreference.parse(value)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest(name = "''{0}''")
    @DisplayName("is no wish to wait where it is zero or garbled")
    @ValueSource(strings = {"", "wait", "wait=", "wait=0", "wait=-1", "wait=1.5", "wait=x", "await=5", "respond-async"})
    void isNoWish(String value) {
        assertThat(WaitPreference.parse(value)).isEmpty();
    }

    @Test
    @DisplayName("is written as whole seconds, and left out below one")
    void isWritten() {
        assertThat(WaitPreference.format(Duration.ofSeconds(20))).contains("wait=20");
        assertThat(WaitPreference.format(Duration.ofHours(1))).contains("wait=25");
        assertThat(WaitPreference.format(Duration.ofMillis(999))).isEmpty();
        assertThat(WaitPreference.parse(null)).isEmpty();
    }
}
