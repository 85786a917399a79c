package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FailureKind;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A failure")
class FaultSourceTest {
    @ParameterizedTest(name = "{0} comes from {1}")
    @CsvSource({
        "NO_CAMERA, SCENE",
        "SIMULATION_NOT_BAKED, SCENE",
        "SCENE_TOO_NEW, VERSION",
        "COLOR_UNAVAILABLE, INSTALLATION",
        "MISSING_FILES, JOB",
        "CRASHED, DOUBTFUL",
        "DISK_FULL, NODE",
    })
    void comesFrom(FailureKind kind, FaultSource source) {
        assertThat(FaultSource.of(kind)).isEqualTo(source);
    }
}
