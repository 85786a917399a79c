package io.renderfleet.node.inproc;

import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.testkit.RenderTransportContract;
import io.renderfleet.testkit.TransportFixture;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A transport to nodes of the same JVM")
class InProcessTransportContractTest extends RenderTransportContract {

    @Override
    protected TransportFixture fixture(Duration perFrame) throws IOException {
        RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine(perFrame))
                .outputRoot(folder.resolve("node"))
                .build();
        return new TransportFixture() {
            @Override
            public RenderTransport transport() {
                return new InProcessTransport().add("node", node);
            }

            @Override
            public Target target() {
                return new Target.Machine(InProcessTransport.address("node"));
            }

            @Override
            public void close() {
                node.close();
            }
        };
    }
}
