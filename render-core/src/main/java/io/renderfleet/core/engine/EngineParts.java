package io.renderfleet.core.engine;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.OutputStore;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is put together from.
 *
 * @param transport how work gets to nodes; the engine starts and closes it
 * @param store where jobs are kept; the engine opens and closes it
 * @param outputs where frames end up
 * @param scenes where scenes are kept by their content, or null
 * @param targets the nodes that are listed from the beginning
 * @param discoveries what finds more of them
 * @param listeners who hears of everything
 * @param loop a loop that somebody else steps, or null for one with a thread of its own
 * @param callbacks what calls the application, or null for a thread of the engine's own
 * @param io what runs work that blocks, or null for threads of the engine's own
 * @param seed makes every random choice repeatable, or null
 */
public record EngineParts(
        RenderTransport transport,
        JobStore store,
        OutputStore outputs,
        @Nullable ContentStore scenes,
        List<Target> targets,
        List<NodeDiscovery> discoveries,
        List<RenderListener> listeners,
        @Nullable Loop loop,
        @Nullable Executor callbacks,
        @Nullable Executor io,
        @Nullable Long seed) {

    /** Copies the lists. */
    public EngineParts {
        targets = List.copyOf(targets);
        discoveries = List.copyOf(discoveries);
        listeners = List.copyOf(listeners);
    }
}
