package io.renderfleet.http.server;

import io.renderfleet.transport.http.header.EntityTags;
import io.renderfleet.transport.http.header.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Answers polls, and holds those of clients that would rather wait.
 *
 * <p>A held poll costs a small object and a timer, no thread. With {@code Prefer: wait=N} alone the answer comes when the thing has ended
 * or N seconds have passed (25 at most). With {@code If-None-Match} as well it also comes once the entity tag differs, but unless the
 * thing has ended no sooner than a quarter of a second after the call, so that a client can ask again at once and still asks at most
 * four times a second. Of a poll that is not held, the answer comes at once. Above {@code capacity}, and after {@link #release}, none is held. Thread-safe.
 */
public final class HeldPolls {
    private static final Duration CALM = Duration.ofMillis(250);

    private final int capacity;
    private final Set<Held> held = ConcurrentHashMap.newKeySet();
    private volatile boolean released;

    /**
     * Starts with none.
     *
     * @param capacity how many may be held at once
     */
    public HeldPolls(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Answers a poll, now or later.
     *
     * @param call the poll
     * @param watched what it is about
     * @param prompt is applied to the answer if the poll is not held: there it can be counted, and refused
     * @return the answer, with {@code ETag}, {@code Vary}, and {@code Preference-Applied} if it was held
     */
    public CompletionStage<Answer> answer(Call call, Watched watched, UnaryOperator<Answer> prompt) {
        PollRequest poll = PollRequest.of(call);
        Watched.Glimpse glimpse = watched.now();
        boolean hold = !poll.patience().isZero() && !glimpse.ended() && !released && held.size() < capacity;
        if (!hold) {
            return prompt.apply(dress(poll, glimpse)).now();
        }
        Held one = new Held(call, watched, poll);
        one.begin(glimpse);
        return one.answer;
    }

    /** Answers every poll that is held now, so that clients learn what has changed about the server. */
    public void flush() {
        held.forEach(Held::finish);
    }

    /** Answers every held poll now, and holds none from now on: the server is about to stop. */
    public void release() {
        released = true;
        flush();
    }

    /**
     * Counts.
     *
     * @return how many are held right now
     */
    public int size() {
        return held.size();
    }

    private static Answer dress(PollRequest poll, Watched.Glimpse glimpse) {
        Answer answer =
                poll.knows(glimpse) ? Answer.empty(304) : glimpse.answer().get();
        return answer.with(Headers.ETAG, EntityTags.weak(glimpse.tag())).with(Headers.VARY, Headers.VARY_STATUS);
    }

    private final class Held {
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final Watched watched;
        private final PollRequest poll;
        private final Scheduler scheduler;
        private final Executor executor;
        private final List<Runnable> cleanup = new ArrayList<>();
        private boolean finished;

        Held(Call call, Watched watched, PollRequest poll) {
            this.watched = watched;
            this.poll = poll;
            this.scheduler = call.request().getComponents().getScheduler();
            this.executor = call.request().getComponents().getExecutor();
        }

        void begin(Watched.Glimpse seen) {
            held.add(this);
            atFinish(scheduler.schedule(this::finish, poll.patience())::cancel);
            atFinish(watched.subscribe(seen, true, this::finish)::close);
            if (poll.conditional()) {
                atFinish(scheduler.schedule(this::look, CALM)::cancel);
            }
            if (released) {
                finish();
            }
        }

        private void atFinish(Runnable step) {
            synchronized (this) {
                if (!finished) {
                    cleanup.add(step);
                    return;
                }
            }
            step.run();
        }

        /** Answers if the client does not know how it stands, else looks again at the next change. */
        private void look() {
            Watched.Glimpse glimpse;
            try {
                glimpse = watched.now();
            } catch (RuntimeException gone) {
                finish();
                return;
            }
            if (glimpse.ended() || !poll.knows(glimpse)) {
                finish();
            } else {
                atFinish(watched.subscribe(glimpse, false, this::look)::close);
            }
        }

        /** Off the thread that made the change: sending takes long where the client is slow. */
        private void finish() {
            List<Runnable> steps;
            synchronized (this) {
                if (finished) {
                    return;
                }
                finished = true;
                steps = List.copyOf(cleanup);
            }
            held.remove(this);
            executor.execute(() -> {
                steps.forEach(Runnable::run);
                try {
                    answer.complete(dress(poll, watched.now()).with(Headers.PREFERENCE_APPLIED, Headers.WAIT));
                } catch (RuntimeException failure) {
                    answer.completeExceptionally(failure);
                }
            });
        }
    }
}
