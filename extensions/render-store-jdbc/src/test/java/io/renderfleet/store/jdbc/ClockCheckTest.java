package io.renderfleet.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The check of the clocks")
class ClockCheckTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final ClockCheck check = new ClockCheck(Clock.systemUTC(), "the store at db");

    @ParameterizedTest(name = "{0} s off, asked for {1} s: {2}")
    @CsvSource({
        "0, 0, fine",
        "59, 0, fine",
        "-59, 0, fine",
        "90, 0, 90 s behind",
        "-90, 0, 90 s ahead of",
        "90, 40, fine",
        "-3600, 5, 3600 s ahead of"
    })
    @DisplayName("tells of a minute and more, but blames no clock for a server that answers slowly")
    void compares(long off, long asked, String told) {
        String warning = check.compare(NOON, NOON.plusSeconds(off), NOON.plusSeconds(asked));

        if (told.equals("fine")) {
            assertThat(warning).isNull();
        } else {
            assertThat(warning)
                    .startsWith("the store at db: this machine's clock is " + told)
                    .endsWith("by NTP");
        }
    }

    @Test
    @DisplayName("asks the server at once, once a minute afterwards, and again at once when the clock was set")
    void asks() {
        List<Instant> times = new ArrayList<>(List.of(NOON));
        InstantSource last = () -> times.get(times.size() - 1);
        ClockCheck minutely = new ClockCheck(last.withZone(ZoneOffset.UTC), "the store at db");
        List<Instant> asked = new ArrayList<>();

        for (int second : List.of(0, 10, 59, 61, 70, 130, -7_200, -7_190)) {
            times.add(NOON.plusSeconds(second));
            minutely.look(() -> {
                asked.add(times.get(times.size() - 1));
                return Optional.empty();
            });
        }

        assertThat(asked).containsExactly(NOON, NOON.plusSeconds(61), NOON.plusSeconds(130), NOON.plusSeconds(-7_200));
    }

    @Test
    @DisplayName("gets the time of a PostgreSQL server, and none of a file in this process")
    void serverTime() {
        Database server = new Database(
                new PostgresPool(PostgresServer.shared().newStore(), "postgres", null),
                "the store",
                LeasePolicy.of("here"),
                new TransitionCodec());
        Instant before = Instant.now().minusSeconds(1);

        assertThat(server.time())
                .hasValueSatisfying(time -> assertThat(time).isBetween(before, before.plusSeconds(60)));
        server.close(false);
    }
}
