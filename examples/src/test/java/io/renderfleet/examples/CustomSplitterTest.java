package io.renderfleet.examples;

import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.testkit.BatchSplitterContract;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The splitter of the example")
class CustomSplitterTest extends BatchSplitterContract {
    @Override
    protected BatchSplitter splitter() {
        return new CustomSplitter.ByTime(Duration.ofMillis(250));
    }
}
