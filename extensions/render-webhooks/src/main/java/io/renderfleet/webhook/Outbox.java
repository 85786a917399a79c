package io.renderfleet.webhook;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.StoredValues;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is still to be told, to whom; kept beside the jobs, so that it survives a restart and a take-over. Beside it stands until when ends of
 * jobs are in here. Belongs to one thread.
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final String UNTIL = "until";
    private static final String PENDING = "to ";
    private static final int MOST = 5_000;

    private final StoredValues store;
    private final Map<String, Pending> pending = new TreeMap<>();
    private Instant until;

    /**
     * One message to one target.
     *
     * @param name under which it is kept
     * @param target a mark of whom it is for
     * @param event what to tell
     */
    record Pending(String name, String target, Event event) {}

    private Outbox(StoredValues store, Instant until) {
        this.store = store;
        this.until = until;
    }

    /** Reads what is kept. Where nothing is, what happens from now on is told, and nothing of before. */
    static Outbox open(StoredValues store, Instant now) {
        Map<String, String> kept = store.all().toCompletableFuture().join();
        Outbox outbox = new Outbox(
                store, Optional.ofNullable(kept.get(UNTIL)).map(Instant::parse).orElse(now));
        kept.forEach((name, value) -> {
            if (name.startsWith(PENDING)) {
                outbox.read(name, value);
            }
        });
        outbox.write(UNTIL, outbox.until.toString());
        return outbox;
    }

    private void read(String name, String value) {
        String[] parts = value.split("\n", 3);
        try {
            pending.put(name, new Pending(name, target(name), new Event(parts[0], Instant.parse(parts[1]), parts[2])));
        } catch (ArrayIndexOutOfBoundsException | DateTimeParseException e) {
            log.warn("the webhook's message {} cannot be read and is left out", name, e);
            forget(name);
        }
    }

    private static String target(String name) {
        return name.substring(PENDING.length(), name.indexOf(' ', PENDING.length()));
    }

    /** A mark of a target, from which its URL cannot be read. */
    static String mark(WebhookTarget target) {
        return digest(target.url().toString()).substring(0, 16);
    }

    /** What may stand in a name, whatever the text is. */
    private static String digest(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            return Sha256.of(digest).hex();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Until when ends of jobs are in here. */
    Instant until() {
        return until;
    }

    /**
     * Keeps an event for each target, durably where the store can be written.
     *
     * @return whether it is durable
     */
    boolean put(Event event, Set<String> targets) {
        boolean durable = true;
        for (String target : targets) {
            String name = PENDING + target + " " + digest(event.id());
            if (pending.size() >= MOST && !pending.containsKey(name)) {
                log.error("{} messages of webhooks wait: the event {} is not told", pending.size(), event.id());
                continue;
            }
            durable &= write(name, event.id() + "\n" + event.at() + "\n" + event.body());
            pending.put(name, new Pending(name, target, event));
        }
        return durable;
    }

    /** Notes that the ends of jobs up to then are in here. */
    void reached(Instant at) {
        if (at.isAfter(until)) {
            until = at;
            write(UNTIL, until.toString());
        }
    }

    List<Pending> all() {
        return new ArrayList<>(pending.values());
    }

    /** The oldest message to a target. */
    Optional<Pending> first(String target) {
        return pending.values().stream()
                .filter(message -> message.target().equals(target))
                .min(Comparator.comparing(message -> message.event().at()));
    }

    /** Forgets a message that was told, or that nobody is to hear any more. */
    void done(Pending message) {
        pending.remove(message.name());
        forget(message.name());
    }

    private void forget(String name) {
        try {
            store.remove(name).toCompletableFuture().join();
        } catch (CompletionException e) {
            log.warn("a message of a webhook that was told may be told again: {}", e.toString());
        }
    }

    private boolean write(String name, String value) {
        try {
            store.put(name, value).toCompletableFuture().join();
            return true;
        } catch (CompletionException e) {
            log.warn("what webhooks are to tell cannot be kept just now: {}", e.toString());
            return false;
        }
    }
}
