package io.renderfleet.transport.rabbitmq;

import io.renderfleet.testkit.RabbitServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A farm whose work goes through RabbitMQ 4")
@Tag("brokers")
class Rabbit4FarmTest extends RabbitFarmTest {
    private static RabbitServer server;

    Rabbit4FarmTest(@TempDir Path folder) {
        super(server, folder);
    }

    @BeforeAll
    static void start() {
        server = RabbitServer.startFour();
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }
}
