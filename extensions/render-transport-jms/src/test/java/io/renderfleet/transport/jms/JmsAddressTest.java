package io.renderfleet.transport.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.transport.queue.BrokerAccess;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An address of AMQP 1.0")
class JmsAddressTest {
    @Test
    @DisplayName("names a broker and a prefix, or leaves port and prefix to the defaults")
    void reads() {
        assertThat(JmsAddress.of(URI.create("amqp1://artemis")))
                .isEqualTo(new JmsAddress(false, "artemis", 5672, "renderfleet"));
        assertThat(JmsAddress.of(URI.create("amqp1s://artemis")))
                .isEqualTo(new JmsAddress(true, "artemis", 5671, "renderfleet"));
        assertThat(JmsAddress.of(URI.create("amqp1s://127.0.0.1:7000/farm.7")))
                .isEqualTo(new JmsAddress(true, "127.0.0.1", 7000, "farm.7"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "amqp1:artemis",
                "amqp://artemis",
                "amqp1://artemis/a/b",
                "amqp1://artemis?a=b",
                "amqp1://me@artemis",
                "amqp1://artemis/$farm"
            })
    @DisplayName("is refused, in words that say what would be right:")
    void refuses(String wrong) {
        assertThatThrownBy(() -> JmsAddress.of(URI.create(wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be like amqp1://artemis:5672");
    }

    @Test
    @DisplayName("goes with a user and a password or with neither, and with no file of settings")
    void checks() {
        JmsKind kind = new JmsKind();
        URI address = URI.create("amqp1://artemis");
        kind.check(new BrokerAccess(address, null, null, Map.of()));
        kind.check(new BrokerAccess(address, "farm", "s3cret", Map.of()));
        assertThatThrownBy(() -> kind.check(new BrokerAccess(address, null, "s3cret", Map.of())))
                .hasMessage("a broker of AMQP 1.0 takes a password only with a user");
        assertThatThrownBy(() -> kind.check(new BrokerAccess(address, null, null, Map.of("a", "b"))))
                .hasMessageContaining("takes no file of settings");
    }
}
