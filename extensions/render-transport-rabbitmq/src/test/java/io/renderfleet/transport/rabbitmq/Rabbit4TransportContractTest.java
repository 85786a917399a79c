package io.renderfleet.transport.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.renderfleet.testkit.RabbitServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("A transport over RabbitMQ 4")
@Tag("brokers")
class Rabbit4TransportContractTest extends RabbitTransportContractTest {
    private static RabbitServer server;

    Rabbit4TransportContractTest() {
        super(server);
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

    @Test
    @DisplayName("the server says that it is RabbitMQ 4")
    void version() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(server.address().getPort());
        try (Connection connection = factory.newConnection()) {
            assertThat(connection.getServerProperties().get("version"))
                    .asString()
                    .startsWith("4.");
        }
    }
}
