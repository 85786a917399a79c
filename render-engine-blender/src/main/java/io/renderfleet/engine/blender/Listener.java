package io.renderfleet.engine.blender;

import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;

/** Who listens to a session while it works. */
interface Listener extends EngineSink {

    /** Hears nothing and never stops. */
    Listener MUTE = new Listener() {
        @Override
        public void accept(EngineEvent event) {}

        @Override
        public boolean isStopped() {
            return false;
        }
    };

    /** Hears that more is known of the scene that the session has loaded. */
    default void learned() {}

    /** Whether the work is no longer wanted. Asked after every signal, and after {@link Session#wake}. */
    boolean isStopped();
}
