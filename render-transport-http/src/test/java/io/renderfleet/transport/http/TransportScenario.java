package io.renderfleet.transport.http;

import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A transport, and a server that answers it as a test says. */
abstract class TransportScenario {
    final MockWebServer server = new MockWebServer();
    final HttpTransport transport;

    TransportScenario(HttpTransport transport) {
        this.transport = transport;
    }

    @BeforeEach
    void startServer() throws Exception {
        server.start();
    }

    @AfterEach
    void stopBoth() {
        transport.close();
        server.close();
    }
}
