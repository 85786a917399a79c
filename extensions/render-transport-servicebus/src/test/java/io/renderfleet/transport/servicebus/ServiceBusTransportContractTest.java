package io.renderfleet.transport.servicebus;

import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.RenderTransportContract;
import io.renderfleet.testkit.TransportFixture;
import io.renderfleet.testkit.servicebus.QueueSettings;
import io.renderfleet.testkit.servicebus.ServiceBusServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A transport over Service Bus")
class ServiceBusTransportContractTest extends RenderTransportContract {
    private final ServiceBusServer server = ServiceBusServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected TransportFixture fixture(Duration perFrame) {
        ServiceBusFarm farm = new ServiceBusFarm(server, QueueSettings.USUAL, folder);
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
