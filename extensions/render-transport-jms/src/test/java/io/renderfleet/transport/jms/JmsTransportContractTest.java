package io.renderfleet.transport.jms;

import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.RenderTransportContract;
import io.renderfleet.testkit.TransportFixture;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A transport over Artemis")
@Tag("brokers")
class JmsTransportContractTest extends RenderTransportContract {
    private static ArtemisServer server;

    @BeforeAll
    static void start(@TempDir Path journal) throws Exception {
        server = new ArtemisServer(journal);
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected TransportFixture fixture(Duration perFrame) {
        JmsFarm farm = new JmsFarm(server, folder);
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
