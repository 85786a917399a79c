package io.renderfleet.worker;

import io.renderfleet.testkit.Cable;
import io.renderfleet.testkit.RabbitServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;

@DisplayName("RabbitMQ on a bad day")
class RabbitOnBadDaysTest extends BrokerOnBadDays {
    @Override
    KilledBroker start(Path folder, Cable forCoordinator, Cable forWorkers) {
        return between(RabbitServer.start(), forCoordinator, forWorkers);
    }

    static KilledBroker between(RabbitServer server, Cable forCoordinator, Cable forWorkers) {
        forCoordinator.to(server.address().getPort());
        forWorkers.to(server.address().getPort());
        return new KilledBroker() {
            @Override
            public String kind() {
                return "rabbitmq";
            }

            @Override
            public URI address(Cable cable) {
                return URI.create("amqp://127.0.0.1:" + cable.port());
            }

            @Override
            public void kill() {
                server.kill();
            }

            @Override
            public void startAgain() throws IOException {
                server.startServer();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }
}
