package io.renderfleet.transport.queue;

import io.renderfleet.testkit.RenderTransportContract;
import io.renderfleet.testkit.TransportFixture;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A transport over a queue")
class QueueTransportContractTest extends RenderTransportContract {

    @Override
    protected TransportFixture fixture(Duration perFrame) {
        QueueFixture fixture = new QueueFixture(folder);
        fixture.worker("worker", perFrame);
        return fixture;
    }
}
