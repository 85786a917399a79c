package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The walk-through")
@Timeout(300)
class WalkThroughTest {
    @TempDir
    Path folder;

    WalkThroughTest() {}

    @Test
    @DisplayName("does what it says, line by line, with the jars as they are packaged")
    void doesWhatItSays() throws Exception {
        assumeTrue(
                Stream.of("render-node-server", "render-orchestrator-server", "render-cli")
                        .map(StandaloneServer::jar)
                        .allMatch(Files::isRegularFile),
                "the standalone jars are made by mvn package, and are not there");
        List<ConsoleBlock.Step> steps = ConsoleBlock.steps(Path.of("..", "docs", "walk-through.md"));
        assertThat(steps).hasSizeGreaterThan(20);
        try (Console console = new Console(folder)) {
            for (ConsoleBlock.Step step : steps) {
                console.type(step);
            }
        }
    }
}
