package io.renderfleet.http.server;

import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers that go on: streams of server-sent events.
 *
 * <p>A stream costs a small object and a timer, no thread and no queue: each reads its {@link EventFeed} when its client has taken what was
 * sent before, ten times a second at most. While there is nothing to send it sends a sign of life, so that proxies keep the connection and
 * a client that is gone is found out. A client that takes nothing for longer than the patience loses its connection. A stream ends with the
 * next sign of life after its client's token has expired or was revoked. Thread-safe.
 */
public final class EventStreams {
    /** What a stream is called. */
    public static final String MEDIA_TYPE = "text/event-stream";

    private static final Duration BEAT = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final int capacity;
    private final Duration beat;
    private final Duration patience;
    private final FairShares shares;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean released;

    /**
     * Starts with none: a sign of life every 15 seconds, 30 seconds for a client to take what was sent.
     *
     * @param capacity how many may be open at once; one client may have three times as many as are free, which is three quarters if it is alone
     */
    public EventStreams(int capacity) {
        this(capacity, BEAT, PATIENCE);
    }

    /**
     * Starts with none.
     *
     * @param capacity how many may be open at once; one client may have three times as many as are free, which is three quarters if it is alone
     * @param beat how often there is a sign of life
     * @param patience how long a client may take nothing; looked at with each beat
     */
    public EventStreams(int capacity, Duration beat, Duration patience) {
        this.capacity = capacity;
        this.shares = new FairShares(capacity);
        this.beat = beat;
        this.patience = patience;
    }

    /**
     * Begins a stream.
     *
     * @param call who wants it
     * @param feed what to send
     * @return the answer, which goes on until the client leaves or {@link #release} is called; 503 if too many are open
     */
    public Answer answer(Call call, EventFeed feed) {
        String client = FairShares.clientOf(call);
        EventStream stream = new EventStream(call, feed, beat, patience, gone -> {
            if (open.remove(gone)) {
                shares.giveBack(client);
            }
        });
        synchronized (open) {
            if (released || !shares.take(client)) {
                return Answer.problem(Problem.of(
                                ProblemType.STREAMS_FULL,
                                released
                                        ? "The server is about to stop."
                                        : "As many clients listen to events as may: " + capacity
                                                + ", and of one client three times as many as are free."))
                        .retryAfter(PAUSE);
            }
            open.add(stream);
        }
        return Answer.stream(MEDIA_TYPE, stream).with("X-Accel-Buffering", "no");
    }

    /** Ends every stream in good order, and begins none from now on: the server is about to stop. */
    public void release() {
        synchronized (open) {
            released = true;
        }
        open.forEach(EventStream::end);
    }

    /**
     * Counts.
     *
     * @return how many are open right now
     */
    public int size() {
        return open.size();
    }
}
