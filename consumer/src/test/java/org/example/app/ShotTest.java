package org.example.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.renderfleet.core.model.FrameSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A stranger's application")
class ShotTest {
    @Test
    @DisplayName("uses the library's values from its own module")
    void usesValues() {
        Shot shot = Shot.parse("shot-010:1-20");

        assertEquals(new Shot("shot-010", FrameSet.range(1, 20)), shot);
        assertEquals(20, shot.frames().size());
        assertEquals("io.renderfleet.core", FrameSet.class.getModule().getName());
    }
}
