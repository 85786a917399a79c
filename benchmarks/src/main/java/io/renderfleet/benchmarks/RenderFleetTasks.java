package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Target;
import io.renderfleet.store.jdbc.JdbcJobStore;
import io.renderfleet.store.jdbc.LeasePolicy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.time.Duration;

/** One job, in batches of one frame, on nodes that are done at once; every frame is listed, fetched and published, to nowhere. */
final class RenderFleetTasks implements DurableThroughput.Contestant {
    private final EmbeddedPostgres server;

    RenderFleetTasks(EmbeddedPostgres server) {
        this.server = server;
    }

    @Override
    public String name() {
        return "RenderFleet";
    }

    @Override
    public Duration run(int tasks) throws Exception {
        DurableThroughput.execute(server, "drop schema if exists renderfleet cascade; create schema renderfleet");
        String url = "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?currentSchema=renderfleet";
        RenderExecutorBuilder builder = RenderExecutor.builder()
                .transport(new NoOpTransport(true, 1))
                .outputs(new NoOutputs())
                .store(JdbcJobStore.postgres(url, "postgres", null, LeasePolicy.of("benchmark")));
        for (int i = 0; i < DurableThroughput.WORKERS; i++) {
            builder.target(new Target.Machine(URI.create("noop:n" + i)));
        }
        try (RenderExecutor farm = builder.build()) {
            long began = System.nanoTime();
            RenderResult result = farm.submit(RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, tasks))
                            .batchSize(1))
                    .completion()
                    .join();
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            if (result.frames().size() != tasks) {
                throw new IllegalStateException("only " + result.frames().size() + " frames: " + result.failure());
            }
            return took;
        }
    }
}
