package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;

/** A {@linkplain ThreadsTransport transport} of one's own, a discovery that finds its one target, and a listener. */
public final class CustomTransport {
    private CustomTransport() {}

    /** Finds a pool that takes two batches at once; one that looks again and again hands over a whole set each time. */
    private static final class OnePool implements NodeDiscovery {
        @Override
        public void start(Consumer<Set<Target>> snapshots) {
            snapshots.accept(Set.of(new Target.Pool(URI.create("threads:all"), 2)));
        }

        @Override
        public void close() {}
    }

    /** Prints each batch that was handed over. */
    private static final class Teller implements RenderListener {
        @Override
        public void onTransition(JobTransition transition) {
            if (transition instanceof JobTransition.BatchDispatched dispatched) {
                System.out.println("frames " + dispatched.frames() + " go to " + dispatched.target());
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/custom-transport");
        try (RenderExecutor farm = RenderExecutor.builder()
                .transport(new ThreadsTransport(out.resolve("work")))
                .discovery(new OnePool())
                .listener(new Teller())
                .build()) {
            RenderRequest request =
                    RenderRequest.of(Scene.nodeDefault(), "1-20").outputFolder(out.resolve("frames"));
            RenderResult result = farm.submit(request).completion().get().orThrow();
            System.out.println(result.files().size() + " frames are in " + result.folder());
        }
    }
}
