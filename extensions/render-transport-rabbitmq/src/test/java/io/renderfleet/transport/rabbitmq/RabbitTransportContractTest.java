package io.renderfleet.transport.rabbitmq;

import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.testkit.RabbitServers;
import io.renderfleet.testkit.RenderTransportContract;
import io.renderfleet.testkit.TransportFixture;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A transport over RabbitMQ")
@ExtendWith(RabbitServers.class)
class RabbitTransportContractTest extends RenderTransportContract {
    private final RabbitServer server;

    RabbitTransportContractTest(RabbitServer server) {
        this.server = server;
    }

    @Override
    protected TransportFixture fixture(Duration perFrame) {
        RabbitFarm farm = new RabbitFarm(server, folder);
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
