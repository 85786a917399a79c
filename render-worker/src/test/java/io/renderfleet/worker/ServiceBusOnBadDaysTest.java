package io.renderfleet.worker;

import io.renderfleet.testkit.Cable;
import io.renderfleet.testkit.servicebus.QueueSettings;
import io.renderfleet.testkit.servicebus.ServiceBusServer;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;

/**
 * What is killed here is no process: the Service Bus of the tests breaks all connections and answers nobody, and what its queues hold is there
 * when it comes back, as Azure promises.
 */
@DisplayName("Service Bus on a bad day")
class ServiceBusOnBadDaysTest extends BrokerOnBadDays {
    /** As the documentation has an operator make it, but for the duplicates: of these none should come. */
    private static final QueueSettings AS_DOCUMENTED = QueueSettings.USUAL.maxDeliveries(2000);

    @Override
    KilledBroker start(Path folder, Cable forCoordinator, Cable forWorkers) {
        ServiceBusServer server = ServiceBusServer.start();
        server.createPool(BadDaysFarm.POOL, AS_DOCUMENTED);
        forCoordinator.to(server.address().getPort());
        forWorkers.to(server.address().getPort());
        return new KilledBroker() {
            @Override
            public String kind() {
                return "servicebus";
            }

            @Override
            public URI address(Cable cable) {
                return URI.create("servicebus://127.0.0.1:" + cable.port());
            }

            @Override
            public String password(Cable cable) {
                return server.connectionString(cable.port());
            }

            @Override
            public void kill() {
                server.stop();
            }

            @Override
            public void startAgain() {
                server.startServer();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }
}
