package io.renderfleet.transport.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An address of Kafka")
class KafkaAddressTest {

    @Test
    @DisplayName("names several servers and a prefix, or one server and leaves the rest to defaults")
    void reads() {
        assertThat(KafkaAddress.of(URI.create("kafka://one:9093,two/farm.7")))
                .isEqualTo(new KafkaAddress(java.util.List.of("one:9093", "two:9092"), "farm.7"));
        assertThat(KafkaAddress.of(URI.create("kafka://one/")).prefix()).isEqualTo("renderfleet");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "kafka:one",
                "amqp://one",
                "kafka://one/a/b",
                "kafka://one/farm?acks=1",
                "kafka://one:0/farm",
                "kafka://one:70000",
                "kafka://one,,two",
                "kafka://one/$farm"
            })
    @DisplayName("is refused, in words that say what would be right:")
    void refuses(String wrong) {
        assertThatThrownBy(() -> KafkaAddress.of(URI.create(wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be");
    }

    @Test
    @DisplayName("makes topics of the names of queues and of what is told")
    void names() {
        KafkaAddress address = KafkaAddress.of(URI.create("kafka://one/farm"));

        assertThat(address.queue("gpu")).isEqualTo("farm.queue.gpu");
        assertThat(address.dead("my/gpu")).isEqualTo("farm.dead.my_gpu");
        assertThat(address.talk("gpu/worker/n-1")).isEqualTo("farm.talk.gpu.worker");
        assertThat(address.talk("gpu/workers")).isEqualTo("farm.talk.gpu.workers");
        assertThat(address.talk("gpu")).isEqualTo("farm.talk.gpu");
    }
}
