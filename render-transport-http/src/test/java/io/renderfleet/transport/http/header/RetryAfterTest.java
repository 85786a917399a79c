package io.renderfleet.transport.http.header;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Retry-After")
class RetryAfterTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:30Z");

    @ParameterizedTest(name = "''{0}'' means {1} s")
    @DisplayName("is read as seconds or as a date in any of the three forms, and cut to five minutes")
    @CsvSource(
            delimiter = '|',
            value = {
                "7|7",
                " 7 |7",
                "007|7",
                "300|300",
                "301|300",
                "999999999|300",
                "99999999999999999999999999|300",
                "Sun, 06 Nov 1994 08:49:37 GMT|7",
                "Sunday, 06-Nov-94 08:49:37 GMT|7",
                "Sun Nov  6 08:49:37 1994|7",
                "Wed, 06 Nov 2999 08:49:37 GMT|300",
            })
    void isRead(String value, long seconds) {
        assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest(name = "''{0}''")
    @DisplayName("is no wait where it is missing, zero, negative, past or garbled")
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "00000000000000000000000",
                "-5",
                "+5",
                "1.5",
                "1e3",
                "soon",
                "5s",
                "5, 6",
                "٣",
                "NaN",
                "Sun, 06 Nov 1994 08:49:30 GMT",
                "Sun, 06 Nov 1994 08:49:00 GMT",
                "Sun, 99 Nov 1994 08:49:37 GMT",
                "1994-11-06T08:49:37Z",
            })
    void isNoWait(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isEmpty();
    }

    @Test
    @DisplayName("is no wait where it is not there")
    void isMissing() {
        assertThat(RetryAfter.parse(null, NOW)).isEmpty();
    }

    @ParameterizedTest(name = "{0} ms is written as {1}")
    @DisplayName("is written as whole seconds from 1 to 60, rounded up")
    @CsvSource({"0,1", "-1000,1", "1,1", "1000,1", "1001,2", "4999,5", "60000,60", "60001,60", "9999999,60"})
    void isWritten(long millis, String text) {
        assertThat(RetryAfter.format(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
