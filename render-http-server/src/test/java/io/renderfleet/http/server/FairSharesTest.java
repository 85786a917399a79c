package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
            "go to one client in three of four, the last ones to others, and are free again when they are given back")
    void areShared() {
        assertThat(takes("ada", 20)).isEqualTo(12);
        assertThat(takes("grace", 20)).isEqualTo(4);
        assertThat(takes("linus", 1)).isZero();

        shares.giveBack("ada");

        assertThat(takes("ada", 1)).isEqualTo(1);
        assertThat(takes("linus", 1)).isZero();
    }

    @Test
    @DisplayName("are one at least, and are given back by those who have one only")
    void few() {
        assertThat(new FairShares(1).take("ada")).isTrue();
        assertThatThrownBy(() -> shares.giveBack("ada")).hasMessage("ada has no place to give back");
    }
}
