package io.renderfleet.node.server;

import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.RenderTransportContract;
import io.renderfleet.testkit.TransportFixture;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A transport over HTTP to a node server")
class HttpTransportContractTest extends RenderTransportContract {

    @Override
    protected TransportFixture fixture(Duration perFrame) throws IOException {
        TestNode node = TestNode.slow(folder.resolve("node"), perFrame);
        return new TransportFixture() {
            @Override
            public RenderTransport transport() {
                return HttpTransport.create();
            }

            @Override
            public Target target() {
                return new Target.Machine(node.server.uri());
            }

            @Override
            public void close() {
                node.close();
            }
        };
    }
}
