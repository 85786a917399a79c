package io.renderfleet.core.spi;

import io.renderfleet.core.model.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A batch where it is rendered.
 *
 * @param target who took it
 * @param id what it is called there, as the target gave it
 * @param node who the target said it is when it took the batch, or null where it did not say; an answer from another is misrouted
 */
public record RemoteJob(Target target, String id, @Nullable NodeId node) {}
