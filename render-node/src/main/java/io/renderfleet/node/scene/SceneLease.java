package io.renderfleet.node.scene;

import io.renderfleet.node.time.Registration;
import java.nio.file.Path;

/**
 * A scene in use: it is not given up before the lease is closed.
 *
 * @param file the scene file, absolute
 * @param release closes the lease
 */
public record SceneLease(Path file, Registration release) {}
