package io.renderfleet.transport.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.transport.queue.Broker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A RabbitMQ that is away")
@Timeout(60)
class RabbitCausesTest {
    @Test
    @DisplayName("is said to be so in words, also where its client gives an exception that has none")
    void words() throws Exception {
        BlockingQueue<String> causes = new LinkedBlockingQueue<>();
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try (Broker broker =
                RabbitBroker.at(URI.create("amqp://127.0.0.1:" + server.getLocalPort()), "guest", "guest", "test")) {
            try (server) {
                broker.start(new Broker.Listener() {
                    @Override
                    public void connected() {}

                    @Override
                    public void away(String cause) {
                        causes.add(cause);
                    }
                });
                reset(server.accept());
            }

            assertThat(causes.poll(30, TimeUnit.SECONDS)).isNotBlank().doesNotContain("Exception");
        }
    }

    /** Ends a connection as a program does that is killed. */
    private static void reset(Socket connection) throws IOException {
        try (connection) {
            connection.setSoLinger(true, 0);
        }
    }
}
