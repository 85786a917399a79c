package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.RenderWarning;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that an artist should know, as it travels.
 *
 * @param kind a word for programs
 * @param frame the frame that it was noticed at first; null where it holds for all
 * @param message one or two sentences
 */
public record WarningBody(
        @Nullable String kind,
        @Nullable Integer frame,
        @Nullable String message) {

    /**
     * Gives warnings as they travel.
     *
     * @param warnings the warnings
     * @return the bodies, in the same order
     */
    public static List<WarningBody> of(List<RenderWarning> warnings) {
        return warnings.stream()
                .map(warning -> new WarningBody(warning.kind(), warning.frame(), warning.message()))
                .toList();
    }

    /** Reads what a node says; what has no kind and no message is left out. */
    static List<RenderWarning> read(@Nullable List<@Nullable WarningBody> bodies) {
        return bodies == null
                ? List.of()
                : bodies.stream()
                        .filter(Objects::nonNull)
                        .map(WarningBody::toWarning)
                        .filter(Objects::nonNull)
                        .limit(RenderWarning.MAX_KEPT)
                        .toList();
    }

    private @Nullable RenderWarning toWarning() {
        return kind == null || message == null ? null : new RenderWarning(kind, frame, message);
    }
}
