package io.renderfleet.webhook;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.RenderListener;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other programs what happens in a farm, by {@code POST} with a body of JSON:
 *
 * <pre>{@code
 * Webhooks hooks = Webhooks.of(store, List.of(WebhookTarget.of(url, secret))).begin(farm);
 * }</pre>
 *
 * <p>The events are {@code job.completed}, {@code job.failed} and {@code job.cancelled}, {@code node.quarantined}, and {@code farm.starved}:
 * for a minute jobs have waited and no node was up. Each is told to each target until that answers 2xx, at least once: a target knows by the
 * header {@code webhook-id} what it was told before. After a failure it waits from 1 second to 10 minutes, twice as long each time; after three days, and where the
 * answer is 410, the event is given up. A target gets one event at a time, the oldest first, and one that does not answer holds up no other.
 *
 * <p>What is still to be told is kept in the store beside the jobs, so that it survives a restart and a take-over. The end of a job that was
 * committed before a crash is told after it; a quarantine in that moment may be lost. What happened before the first start is not told.
 *
 * <p>Messages are signed as Standard Webhooks says: {@code webhook-signature} is {@code v1,} and the HMAC-SHA256 of {@code
 * id.timestamp.body}, in base 64; {@code webhook-timestamp} is when this attempt was made, in seconds. Redirects are not followed.
 *
 * <p>Has a daemon thread from {@link #begin} to {@link #close}. Thread-safe.
 */
public final class Webhooks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Webhooks.class);
    private static final String PART = "webhooks";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(3);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration STARVED = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int GONE = 410;

    private final JobStore store;
    private final Map<String, Line> lines = new HashMap<>();
    private final Duration firstPause;
    private final InstantSource clock;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final ScheduledExecutorService thread;

    /** These belong to the thread. */
    private @Nullable Instant hungrySince;

    private boolean starved;

    private volatile RenderExecutor.@Nullable Subscription listening;

    /** What is told to one target, a message at a time; one that does not answer holds up no other. */
    private static final class Line {
        private final WebhookTarget target;
        private boolean busy;
        private int failures;
        private Instant next = Instant.MIN;

        Line(WebhookTarget target) {
            this.target = target;
        }
    }

    private Webhooks(JobStore store, List<WebhookTarget> targets, Duration firstPause, InstantSource clock) {
        this.store = store;
        targets.forEach(target -> lines.put(Outbox.mark(target), new Line(target)));
        this.firstPause = firstPause;
        this.clock = clock;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "webhooks");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Prepares webhooks.
     *
     * @param store the store of the farm's jobs, in which messages wait
     * @param targets who is told
     * @return webhooks that tell nothing yet
     */
    public static Webhooks of(JobStore store, List<WebhookTarget> targets) {
        return new Webhooks(store, targets, Duration.ofSeconds(1), InstantSource.system());
    }

    static Webhooks of(JobStore store, List<WebhookTarget> targets, Duration firstPause) {
        return new Webhooks(store, targets, firstPause, InstantSource.system());
    }

    /**
     * Begins to listen, and tells what was not told before the last end.
     *
     * @param farm whose events they are; it has opened the store and leads
     * @return these webhooks
     */
    public Webhooks begin(RenderExecutor farm) {
        run(() -> open(farm));
        return this;
    }

    private void open(RenderExecutor farm) {
        Outbox outbox = Outbox.open(store.values(PART), clock.instant());
        listening = farm.listen(new Listening(farm, outbox));
        ended(farm, outbox.until()).forEach(job -> keep(outbox, job));
        outbox.all().stream()
                .filter(message -> !lines.containsKey(message.target()))
                .forEach(message -> {
                    log.info(
                            "event {} was for a webhook that is no longer there",
                            message.event().id());
                    outbox.done(message);
                });
        long pause = Math.max(1, firstPause.toMillis() / 2);
        var unusedTelling =
                thread.scheduleWithFixedDelay(() -> guarded(() -> tell(outbox)), 0, pause, TimeUnit.MILLISECONDS);
        var unusedLooking = thread.scheduleWithFixedDelay(
                () -> guarded(() -> lookForHunger(farm, outbox)), 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Jobs that ended at a moment or after it. */
    private static List<RenderJob> ended(RenderExecutor farm, Instant since) {
        List<RenderJob> found = new ArrayList<>();
        for (RenderJob job : farm.jobs()) {
            if (job.endedAt() != null && !job.endedAt().isBefore(since)) {
                found.add(job);
            }
        }
        return found;
    }

    private void keep(Outbox outbox, RenderJob job) {
        if (job.endedAt() != null && outbox.put(Event.of(job), lines.keySet())) {
            outbox.reached(job.endedAt());
        }
    }

    private void tell(Outbox outbox) {
        Instant now = clock.instant();
        lines.forEach((mark, line) -> {
            if (!line.busy && !now.isBefore(line.next)) {
                outbox.first(mark).ifPresent(message -> post(outbox, message, line, now));
            }
        });
    }

    private void post(Outbox outbox, Outbox.Pending message, Line line, Instant now) {
        Event event = message.event();
        HttpRequest request = HttpRequest.newBuilder(line.target.url())
                .timeout(PATIENCE)
                .header("content-type", "application/json")
                .header("webhook-id", event.id())
                .header("webhook-timestamp", Long.toString(now.getEpochSecond()))
                .header("webhook-signature", line.target.signature().of(event.id(), now, event.body()))
                .POST(HttpRequest.BodyPublishers.ofString(event.body()))
                .build();
        line.busy = true;
        var unused = client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .handle((answer, failure) -> failure == null ? "answer " + answer.statusCode() : why(failure))
                .thenAccept(answer -> run(() -> answered(outbox, message, line, answer)));
    }

    private static String why(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private void answered(Outbox outbox, Outbox.Pending message, Line line, String answer) {
        line.busy = false;
        Event event = message.event();
        Instant now = clock.instant();
        if (answer.startsWith("answer 2")) {
            if (line.failures > 0) {
                log.info("the webhook {} takes events again", line.target);
            }
            line.failures = 0;
            outbox.done(message);
            tell(outbox);
        } else if (answer.equals("answer " + GONE) || now.isAfter(event.at().plus(LONGEST))) {
            log.error("the webhook {} is not told event {}: {}", line.target, event.id(), answer);
            outbox.done(message);
        } else {
            if (line.failures == 0) {
                log.warn("the webhook {} cannot be told: {}; it is tried again", line.target, answer);
            }
            line.next = now.plus(pause(line.failures));
            line.failures++;
        }
    }

    private Duration pause(int failures) {
        Duration doubled = firstPause.multipliedBy(1L << Math.min(failures, 20));
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private void lookForHunger(RenderExecutor farm, Outbox outbox) {
        int waiting = farm.jobCounts().getOrDefault(JobState.QUEUED, 0);
        boolean fed = farm.nodes().list().stream().anyMatch(node -> node.state() == FarmNode.State.UP);
        Instant now = clock.instant();
        if (waiting == 0 || fed) {
            hungrySince = null;
            starved = false;
        } else if (hungrySince == null) {
            hungrySince = now;
        } else if (!starved && now.isAfter(hungrySince.plus(STARVED))) {
            starved = true;
            var unused = outbox.put(Event.starved(waiting, now), lines.keySet());
        }
    }

    private void run(Runnable work) {
        try {
            thread.execute(() -> guarded(work));
        } catch (RejectedExecutionException closed) {
            log.debug("closed, so nothing is told any more");
        }
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | LinkageError e) {
            log.error("webhooks stumbled; they go on", e);
        }
    }

    /** Tells nothing any more; what was not told is told after the next start. Can be called twice. */
    @Override
    public void close() {
        RenderExecutor.Subscription told = listening;
        if (told != null) {
            told.close();
        }
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                log.warn("a webhook is still being told");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Brings events onto the thread. */
    private final class Listening implements RenderListener {
        private final RenderExecutor farm;
        private final Outbox outbox;

        Listening(RenderExecutor farm, Outbox outbox) {
            this.farm = farm;
            this.outbox = outbox;
        }

        @Override
        public void onTransition(JobTransition transition) {
            if (transition instanceof JobTransition.JobEnded ended) {
                run(() -> farm.job(ended.job()).ifPresent(job -> keep(outbox, job.snapshot())));
            }
        }

        @Override
        public void onNotice(FarmNotice notice) {
            if (notice instanceof FarmNotice.NodeQuarantined quarantine) {
                run(() -> {
                    var unused = outbox.put(Event.of(quarantine), lines.keySet());
                });
            }
        }
    }
}
