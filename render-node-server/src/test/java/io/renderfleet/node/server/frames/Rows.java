package io.renderfleet.node.server.frames;

import static io.renderfleet.node.server.frames.Row.equal;
import static io.renderfleet.node.server.frames.Row.fails;

import io.renderfleet.core.model.FailureKind;
import io.renderfleet.engine.blender.SessionMode;
import java.util.List;

/** The table: every scene, by the Python file and the function that makes it, and what must become of its frames. */
final class Rows {
    private Rows() {}

    static final List<Row> ALL = List.of(
            equal("simulations", "cloth")
                    .frames("1-8")
                    .inVerify(SessionMode.PROCESS, 2)
                    .pending("a batch begins without the frames before it"),
            equal("pictures", "texture_sequence_without_refresh")
                    .frames("1-5")
                    .inVerify(SessionMode.WARM, 2),
            fails("pictures", "texture_missing", FailureKind.MISSING_FILES, "wood.png")
                    .inVerify(SessionMode.WARM, 2),
            equal("time_and_markers", "subframe").inVerify(SessionMode.WARM, 2),
            equal("time_and_markers", "remapped"),
            equal("time_and_markers", "marker_of_a_hidden_camera"),
            equal("time_and_markers", "simplify_animated").frames("1-5"),
            equal("time_and_markers", "marker_cameras").inVerify(SessionMode.WARM, 2));
}
