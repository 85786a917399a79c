package io.renderfleet.engine.blender;

import io.renderfleet.core.spi.EngineSink;

/** Who listens to a session while it works. */
interface Listener extends EngineSink {

    /** Whether the work is no longer wanted. Asked after every signal, and after {@link Session#wake}. */
    boolean isStopped();
}
