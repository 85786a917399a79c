package io.renderfleet.worker;

import io.renderfleet.testkit.Cable;
import io.renderfleet.testkit.RabbitServer;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;

@DisplayName("RabbitMQ 4 on a bad day")
class Rabbit4OnBadDaysTest extends BrokerOnBadDays {
    @Override
    KilledBroker start(Path folder, Cable forCoordinator, Cable forWorkers) {
        return RabbitOnBadDaysTest.between(RabbitServer.startFour(), forCoordinator, forWorkers);
    }
}
