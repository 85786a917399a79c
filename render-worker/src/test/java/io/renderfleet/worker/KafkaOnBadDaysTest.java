package io.renderfleet.worker;

import io.renderfleet.testkit.Cable;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Kafka on a bad day")
class KafkaOnBadDaysTest extends BrokerOnBadDays {
    @Override
    KilledBroker start(Path folder, Cable forCoordinator, Cable forWorkers) throws IOException {
        return new KafkaProcess(folder, forCoordinator, forWorkers);
    }
}
