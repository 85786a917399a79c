package io.renderfleet.node.journal;

import io.renderfleet.core.model.ScenePolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scene policy in one field, such as {@code run-up fail cpu,look}; none for the usual one. */
final class PolicyText {
    private PolicyText() {}

    static @Nullable String format(ScenePolicy policy) {
        return policy.equals(ScenePolicy.DEFAULT)
                ? null
                : policy.simulation().wireName() + " " + policy.missing().wireName() + " "
                        + String.join(",", policy.allowWords());
    }

    static ScenePolicy parse(@Nullable String text) {
        if (text == null) {
            return ScenePolicy.DEFAULT;
        }
        String[] words = text.split(" ", 3);
        return ScenePolicy.parse(words[0], words[1], words[2].isEmpty() ? List.of() : List.of(words[2].split(",")));
    }
}
