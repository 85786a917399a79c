package io.renderfleet.transport.http.wire;

import static io.renderfleet.transport.http.wire.BadRequestException.checked;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PATCH /jobs/{id}}.
 *
 * @param priority as in {@link RenderRequest#priority(int)}
 */
public record PriorityBody(@Nullable Integer priority) {

    int toPriority() throws BadRequestException {
        if (priority == null) {
            throw new BadRequestException("priority", "priority is missing: it must be from -1000 to 1000");
        }
        int value = priority;
        RenderRequest any = RenderRequest.of(Scene.nodeDefault(), FrameSet.of(1));
        return checked("priority", () -> any.priority(value)).priority();
    }
}
