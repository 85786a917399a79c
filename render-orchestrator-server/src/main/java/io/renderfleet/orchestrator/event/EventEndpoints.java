package io.renderfleet.orchestrator.event;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.JobId;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Caller;
import io.renderfleet.http.server.EventStreams;
import io.renderfleet.http.server.Router;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /events} and {@code GET /jobs/{id}/events}: what happens from now on, or since the event that {@code Last-Event-ID} names.
 *
 * <p>A client that wants to know how things stand opens the stream first and then reads the lists: so it misses nothing. Thread-safe.
 */
public final class EventEndpoints implements AutoCloseable {
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final int KEPT = 10_000;

    private final Function<Call, RenderHandle> jobs;
    private final EventStreams streams;
    private final BiPredicate<Caller, @Nullable String> visible;
    private final EventLog log;
    private final RenderExecutor.Subscription listening;

    /**
     * Begins to listen to a farm.
     *
     * @param farm whose events are sent
     * @param jobs finds the job that a path names, or refuses
     * @param streams limits how many clients listen
     * @param visible says whether a caller may know of the jobs of an owner; null stands for none
     * @param now when this is; numbers of events go on from there, since an earlier process may have had the same epoch
     */
    public EventEndpoints(
            RenderExecutor farm,
            Function<Call, RenderHandle> jobs,
            EventStreams streams,
            BiPredicate<Caller, @Nullable String> visible,
            Instant now) {
        this.jobs = jobs;
        this.streams = streams;
        this.visible = visible;
        this.log = new EventLog(farm.epoch(), TimeUnit.MILLISECONDS.toMicros(now.toEpochMilli()), KEPT);
        this.listening = farm.listen(log);
        log.know(farm.jobs());
    }

    /**
     * Adds the routes.
     *
     * @param router gets them
     */
    public void addTo(Router.Builder router) {
        router.route("GET", "/events", call -> stream(call, null, () -> {}).now())
                .route("GET", "/jobs/{id}/events", call -> {
                    RenderHandle handle = jobs.apply(call);
                    // Looking at the job has its nodes asked for progress more often.
                    return stream(call, handle.id(), handle::snapshot).now();
                });
    }

    private Answer stream(Call call, @Nullable JobId only, Runnable watch) {
        Caller caller = call.caller();
        Predicate<LoggedEvent> wanted = event -> (only == null || only.equals(event.job()))
                && (event.job() == null || visible.test(caller, event.owner()));
        return streams.answer(
                call, LogFeed.of(log, wanted, call.header(LAST_EVENT_ID).orElse(null), watch));
    }

    /** Listens no more. */
    @Override
    public void close() {
        listening.close();
    }
}
