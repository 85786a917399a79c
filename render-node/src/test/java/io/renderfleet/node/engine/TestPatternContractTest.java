package io.renderfleet.node.engine;

import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.testkit.RenderEngineContract;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The test pattern as an engine")
class TestPatternContractTest extends RenderEngineContract {
    @Override
    protected RenderEngine quick() {
        return new TestPatternEngine();
    }

    @Override
    protected RenderEngine slow() {
        return new TestPatternEngine(Duration.ofMinutes(30));
    }
}
