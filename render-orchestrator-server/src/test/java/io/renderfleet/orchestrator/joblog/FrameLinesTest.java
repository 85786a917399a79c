package io.renderfleet.orchestrator.joblog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The lines of a frame")
class FrameLinesTest {
    private static final String LOG = """
            Job j-1 of node n-1: frames -1,7,17
            Scene loaded in 2 s
            Frame 7 began
            Warning: a texture
            Frame 7 saved in 3.1 s: shot_0007.png
            Saved: 'shot_0007.png'
            Frame 17 began
            Fra:17 Mem:12.00M | Syncing
            Error: out of memory
            Fra:7 Mem:12.00M | once more
            something else
            Frame -1 began
            below zero
            Job failed
            """;

    FrameLinesTest() {}

    @Test
    @DisplayName("begin with the node's mark or Blender's, and end with the next frame's")
    void cut() {
        assertThat(FrameLines.of(LOG, 17))
                .isEqualTo("Frame 17 began\nFra:17 Mem:12.00M | Syncing\nError: out of memory\n");
        assertThat(FrameLines.of(LOG, 7)).isEqualTo("""
                        Frame 7 began
                        Warning: a texture
                        Frame 7 saved in 3.1 s: shot_0007.png
                        Saved: 'shot_0007.png'
                        Fra:7 Mem:12.00M | once more
                        something else
                        """);
        assertThat(FrameLines.of(LOG, -1)).isEqualTo("Frame -1 began\nbelow zero\nJob failed\n");
    }

    @Test
    @DisplayName("are none of a frame that is not mentioned, and none before the first frame")
    void none() {
        assertThat(FrameLines.of(LOG, 1)).isEmpty();
        assertThat(FrameLines.of("", 1)).isEmpty();
        assertThat(FrameLines.of("Frame 99999999999 began\nFra:x\n", 1)).isEmpty();
    }
}
