package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.RenderHandle;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One job, in batches of one frame, on nodes that are done at once; every frame is listed, fetched and published, to nowhere. */
final class RenderFleetTasks implements DurableThroughput.Contestant {
    private final EmbeddedPostgres server;

    private final int jobs;

    RenderFleetTasks(EmbeddedPostgres server, int jobs) {
        this.server = server;
        this.jobs = jobs;
    }

    @Override
    public String name() {
        return jobs == 1 ? "RenderFleet" : "RenderFleet, " + jobs + " jobs at once";
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
            List<CompletableFuture<RenderResult>> ends = new ArrayList<>();
            for (int job = 0; job < jobs; job++) {
                int frames = tasks / jobs + (job < tasks % jobs ? 1 : 0);
                ends.add(farm.submitAsync(RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, frames))
                                .batchSize(1))
                        .thenCompose(RenderHandle::completion)
                        .toCompletableFuture());
            }
            int rendered = 0;
            for (CompletableFuture<RenderResult> end : ends) {
                rendered += end.join().frames().size();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            if (rendered != tasks) {
                throw new IllegalStateException("only " + rendered + " frames of " + tasks);
            }
            return took;
        }
    }
}
