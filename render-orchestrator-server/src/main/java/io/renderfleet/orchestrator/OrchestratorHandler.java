package io.renderfleet.orchestrator;

import io.micrometer.core.instrument.Gauge;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.http.server.ContentEndpoints;
import io.renderfleet.http.server.EventStreams;
import io.renderfleet.http.server.HeldPolls;
import io.renderfleet.http.server.Router;
import io.renderfleet.http.server.metrics.ServerMetrics;
import io.renderfleet.metrics.FarmMeters;
import io.renderfleet.orchestrator.event.EventEndpoints;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.component.Graceful;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrator's whole API as a Jetty handler, to be put into an application's own server; {@link OrchestratorServer#builder()}
 * makes one.
 *
 * <p>It starts and stops with the server. A graceful stop of the server answers polls that are held at once. The executor is not closed
 * with it. Thread-safe.
 */
public final class OrchestratorHandler extends Handler.Wrapper implements Graceful {
    private static final int MAX_HELD_POLLS = 2_000;

    private final RenderExecutor farm;
    private final JobChanges changes = new JobChanges();
    private final HeldPolls polls = new HeldPolls(MAX_HELD_POLLS);
    private final EventStreams streams;
    private final EventEndpoints events;
    private final ServerMetrics metrics;
    private final FarmMeters meters;
    private final Set<String> routes;
    private final Request.Handler errors;
    private final List<RenderExecutor.Subscription> listening;
    private final Scenes scenes;
    private final @Nullable ContentEndpoints uploads;
    private final @Nullable WorkerContent content;
    private final NodeMembership nodes;
    private final @Nullable KeptLogs logs;
    private volatile boolean shutdown;

    OrchestratorHandler(
            Jobs jobs,
            Scenes scenes,
            Pools pools,
            @Nullable WorkerContent content,
            NodeMembership nodes,
            ApiLimits limits,
            @Nullable KeptLogs logs,
            ServerMetrics metrics,
            Router.Builder router) {
        this.farm = jobs.farm();
        this.scenes = scenes;
        this.content = content;
        this.nodes = nodes;
        this.streams = new EventStreams(limits.eventClients());
        String boot = UUID.randomUUID().toString().substring(0, 8);
        router.route("POST", "/render", new RenderEndpoint(jobs, scenes, limits))
                .route("GET", "/status/{id}", new StatusEndpoint(jobs, changes, polls, boot));
        router.route("GET", "/jobs", new JobListEndpoint(farm, jobs.rights()));
        new JobEndpoints(jobs, limits.patience()).addTo(router);
        new FrameEndpoints(farm, jobs).addTo(router);
        router.route("GET", "/jobs/{id}/log", new LogEndpoint(farm, jobs, logs == null ? null : logs.shelf()));
        new FarmEndpoints(farm).addHealthTo(router);
        nodes.addTo(router);
        pools.addTo(router);
        this.events = new EventEndpoints(farm, jobs::of, streams, jobs.rights()::maySee, Instant.now());
        events.addTo(router);
        new StaticPages().addTo(router);
        this.metrics = metrics;
        this.meters = new FarmMeters(farm, metrics.registry());
        pools.measure(metrics.registry());
        Gauge.builder("renderfleet.event.clients", streams, EventStreams::size)
                .description("Clients that listen to events")
                .register(metrics.registry());
        Gauge.builder("renderfleet.polls.held", polls, HeldPolls::size)
                .description("Polls that are held until there is something to tell")
                .register(metrics.registry());
        router.observer(metrics.observer()).route("GET", "/metrics", metrics.endpoint());
        this.uploads = scenes.store()
                .map(store -> new ContentEndpoints(store, "scene"))
                .orElse(null);
        if (uploads != null) {
            router.route("HEAD", "/scenes/{sha256}", uploads::head).route("PUT", "/scenes/{sha256}", uploads::put);
        }
        if (content != null) {
            content.addTo(router);
        }
        this.errors = router.errors();
        this.listening = new ArrayList<>(List.of(farm.listen(changes), farm.listen(scenes)));
        this.logs = logs;
        if (logs != null) {
            logs.begin(farm).ifPresent(listening::add);
        }
        scenes.holdFor(farm.jobs());
        Router built = router.build();
        this.routes = built.routes();
        setHandler(built);
    }

    /**
     * Returns the farm behind it.
     *
     * @return the executor that renders
     */
    public RenderExecutor farm() {
        return farm;
    }

    /** All that it answers, as {@link Router#routes} lists it. */
    Set<String> routes() {
        return routes;
    }

    /** Has others answer how it is, without a token. */
    void addHealthTo(Router.Builder watched) {
        new FarmEndpoints(farm).addHealthTo(watched);
        watched.open("GET", "/metrics", metrics.endpoint());
    }

    /** Answers what never reaches a handler, in the same form. */
    Request.Handler errors() {
        return errors;
    }

    @Override
    public CompletableFuture<Void> shutdown() {
        release();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    /** Answers what is held and ends streams, so that nobody waits for a server that stops. */
    void release() {
        shutdown = true;
        polls.release();
        streams.release();
    }

    @Override
    protected void doStop() throws Exception {
        release();
        nodes.close();
        listening.forEach(RenderExecutor.Subscription::close);
        events.close();
        meters.close();
        metrics.close();
        if (uploads != null) {
            uploads.close();
        }
        if (content != null) {
            content.close();
        }
        if (logs != null) {
            logs.close();
        }
        scenes.close();
        super.doStop();
    }
}
