package io.renderfleet.orchestrator.event;

import io.renderfleet.http.server.EventFeed;
import io.renderfleet.http.server.Watched;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A place in the log, moved on as a client reads what it wants and may have. */
final class LogFeed implements EventFeed {
    private static final int STEP = 100;

    private final EventLog log;
    private final Predicate<LoggedEvent> wanted;
    private final Runnable watch;
    private long place;
    private @Nullable String opening;

    private LogFeed(EventLog log, Predicate<LoggedEvent> wanted, Runnable watch) {
        this.log = log;
        this.wanted = wanted;
        this.watch = watch;
    }

    /**
     * Begins to read.
     *
     * @param log what is read
     * @param wanted says which events the client gets
     * @param lastSeen the id of the event after which a client goes on, or null to begin with what comes next
     * @param watch is run now and then while the client reads
     */
    static LogFeed of(EventLog log, Predicate<LoggedEvent> wanted, @Nullable String lastSeen, Runnable watch) {
        LogFeed feed = new LogFeed(log, wanted, watch);
        var known = lastSeen == null ? null : log.placeOf(lastSeen);
        feed.place = known != null && known.isPresent() ? known.getAsLong() : log.end();
        String greeting = "retry: 2000\nid: " + log.id(feed.place) + "\n\n";
        feed.opening = known == null || known.isPresent() ? greeting : greeting + feed.reset();
        return feed;
    }

    @Override
    public synchronized @Nullable ByteBuffer next() {
        String greeting = opening;
        if (greeting != null) {
            opening = null;
            watch.run();
            return bytes(greeting);
        }
        StringBuilder text = new StringBuilder();
        boolean more = true;
        while (more && text.isEmpty()) {
            List<LoggedEvent> read = log.after(place, STEP);
            if (read == null) {
                place = log.end();
                return bytes(reset());
            }
            for (LoggedEvent event : read) {
                place = event.number();
                if (wanted.test(event)) {
                    text.append(event.text());
                }
            }
            more = read.size() == STEP;
        }
        return text.isEmpty() ? null : bytes(text.toString());
    }

    /** Bears the place, so that a client for whom there was nothing takes up from here and not from long ago. */
    @Override
    public synchronized ByteBuffer beat() {
        watch.run();
        return bytes(": nothing new\nid: " + log.id(place) + "\n\n");
    }

    @Override
    public Watched.Subscription subscribe(Runnable more) {
        log.onMore(more);
        return () -> log.noMore(more);
    }

    private String reset() {
        return "event: reset\nid: " + log.id(place)
                + "\ndata: {\"reason\":\"Events between the last one that you have and this are not kept any more:"
                + " read the state anew.\"}\n\n";
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
