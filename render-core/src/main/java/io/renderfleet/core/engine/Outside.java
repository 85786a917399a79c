package io.renderfleet.core.engine;

import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.OutputStore;
import io.renderfleet.core.track.JobTracker;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the engine talks to outside its loop.
 *
 * @param transport how calls get to nodes; shut once the engine has stood down
 * @param tracker watches what runs there
 * @param outputs where frames end up
 * @param scenes where scenes are kept by their content, or null
 * @param io runs work that blocks
 * @param notifier calls the application
 */
record Outside(
        FencedTransport transport,
        JobTracker tracker,
        OutputStore outputs,
        @Nullable ContentStore scenes,
        Executor io,
        Notifier notifier) {}
