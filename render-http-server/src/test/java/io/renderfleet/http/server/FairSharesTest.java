package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Shared places")
class FairSharesTest {
    private final FairShares shares = new FairShares(16);

    private long takes(String client, int times) {
        return IntStream.range(0, times).filter(i -> shares.take(client)).count();
    }

    @Test
    @DisplayName(
            "go to one client in three of four, leave some for the next ones, and are free again when they are given back")
    void areShared() {
        assertThat(takes("ada", 20)).isEqualTo(12);
        assertThat(takes("grace", 20)).isEqualTo(3);
        assertThat(takes("linus", 20)).isEqualTo(1);
        assertThat(takes("alan", 1)).isZero();

        shares.giveBack("ada");

        assertThat(takes("ada", 1)).isZero();
        assertThat(takes("grace", 1)).isZero();
        assertThat(takes("alan", 1)).isEqualTo(1);
    }

    @Test
    @DisplayName("come to the same for all who always want more, with one left over")
    void becomeEqual() {
        takes("ada", 20);
        for (int turn = 0; turn < 100; turn++) {
            for (String client : List.of("ada", "grace", "linus")) {
                takes(client, 20);
                shares.giveBack(client);
            }
        }

        assertThat(List.of(shares.of("ada"), shares.of("grace"), shares.of("linus")))
                .allSatisfy(has -> assertThat(has).isBetween(3, 6));
        assertThat(takes("alan", 1)).isEqualTo(1);
    }

    @Test
    @DisplayName("are one at least, and are given back by those who have one only")
    void few() {
        assertThat(new FairShares(1).take("ada")).isTrue();
        assertThatThrownBy(() -> shares.giveBack("ada")).hasMessage("ada has no place to give back");
    }
}
