package io.renderfleet.engine.blender;

import io.renderfleet.core.local.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a node runs Blender.
 *
 * @param program what to start, with arguments that always come first
 * @param mode how long a process lives
 * @param trustScripts whether scripts of scenes may run
 * @param niceness how much the processes stand back, 0 to 19
 * @param hangTimeout how long Blender may be silent
 * @param frameTimeout how long one frame may take
 * @param idleTimeout how long a warm session waits for its next run
 * @param maxFrames how many frames a warm session renders at most
 * @param maxIdle how many warm sessions wait at most
 * @param memoryLimit bytes of resident memory: above it static geometry is no longer kept, then the session ends
 * @param environment variables to set beside the inherited ones
 * @param sessionRoot where the folders of sessions are
 * @param sandbox what the processes may do, and which files scenes may name
 */
record BlenderConfig(
        List<String> program,
        SessionMode mode,
        boolean trustScripts,
        int niceness,
        Duration hangTimeout,
        Duration frameTimeout,
        Duration idleTimeout,
        int maxFrames,
        int maxIdle,
        long memoryLimit,
        Map<String, String> environment,
        Path sessionRoot,
        Sandbox sandbox) {

    /** Copies the collections. */
    BlenderConfig {
        program = List.copyOf(program);
        environment = Map.copyOf(environment);
    }
}
