package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of the fields {@code renderer}, {@code simulation}, {@code missing} and {@code allow}. */
final class PolicyFields {
    private PolicyFields() {}

    static @Nullable String renderer(@Nullable String renderer) throws BadRequestException {
        if (renderer != null) {
            RenderRequest any = RenderRequest.of(Scene.nodeDefault(), FrameSet.of(1));
            BadRequestException.checked("renderer", () -> any.renderer(renderer));
        }
        return renderer;
    }

    static ScenePolicy read(
            @Nullable String simulation, @Nullable String missing, @Nullable List<@Nullable String> allow)
            throws BadRequestException {
        List<String> words = new ArrayList<>();
        for (String word : allow == null ? List.<@Nullable String>of() : allow) {
            if (word == null) {
                throw new BadRequestException("allow", "allow holds null: it must be a list of words in quotes");
            }
            words.add(word);
        }
        ScenePolicy usual = ScenePolicy.DEFAULT;
        try {
            return ScenePolicy.parse(
                    simulation == null ? usual.simulation().wireName() : simulation,
                    missing == null ? usual.missing().wireName() : missing,
                    words);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new BadRequestException(message.substring(0, message.indexOf(' ')), message);
        }
    }

    /** The word, or null where it is the usual one, which need not travel. */
    static @Nullable String simulation(Simulation simulation) {
        return simulation == ScenePolicy.DEFAULT.simulation() ? null : simulation.wireName();
    }

    /** The word, or null where it is the usual one, which need not travel. */
    static @Nullable String missing(MissingFiles missing) {
        return missing == ScenePolicy.DEFAULT.missing() ? null : missing.wireName();
    }

    /** The words, or null where there are none. */
    static @Nullable List<@Nullable String> allow(ScenePolicy policy) {
        return policy.allow().isEmpty() ? null : new ArrayList<>(policy.allowWords());
    }
}
