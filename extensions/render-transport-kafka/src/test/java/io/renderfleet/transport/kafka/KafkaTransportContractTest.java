package io.renderfleet.transport.kafka;

import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.KafkaServer;
import io.renderfleet.testkit.KafkaServers;
import io.renderfleet.testkit.RenderTransportContract;
import io.renderfleet.testkit.TransportFixture;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A transport over Kafka")
@ExtendWith(KafkaServers.class)
class KafkaTransportContractTest extends RenderTransportContract {
    private final KafkaServer server;

    KafkaTransportContractTest(KafkaServer server) {
        this.server = server;
    }

    @Override
    protected TransportFixture fixture(Duration perFrame) {
        KafkaFarm farm = new KafkaFarm(server, folder);
        farm.worker("worker", perFrame);
        return new TransportFixture() {
            @Override
            public RenderTransport transport() {
                return farm.transport();
            }

            @Override
            public Target target() {
                return farm.target(4);
            }

            @Override
            public void close() {
                farm.close();
            }
        };
    }
}
