package io.renderfleet.testkit.servicebus;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A queue that keeps the rules of Service Bus, with no socket and no clock of its own: locks that run out, deliveries that are counted, dead
 * letters, messages that expire, duplicates. Belongs to one thread.
 */
final class FakeQueue {
    /** A message that is there. */
    static final class Stored {
        private final long sequence;
        private final Message message;
        private final Instant enqueued;
        private final Instant expires;
        private int deliveries;
        private @Nullable UUID token;
        private Instant lockedUntil = Instant.MIN;

        private Stored(long sequence, Message message, Instant enqueued, Instant expires) {
            this.sequence = sequence;
            this.message = message;
            this.enqueued = enqueued;
            this.expires = expires;
        }

        long sequence() {
            return sequence;
        }

        Message message() {
            return message;
        }

        Instant enqueued() {
            return enqueued;
        }

        /** How often it was delivered before, for nothing. */
        int deliveries() {
            return deliveries;
        }

        @Nullable UUID token() {
            return token;
        }

        Instant lockedUntil() {
            return lockedUntil;
        }
    }

    private final QueueSettings settings;
    private final @Nullable FakeQueue dead;
    private final TreeMap<Long, Stored> messages = new TreeMap<>();
    private final Map<UUID, Stored> locked = new HashMap<>();
    private final Set<Object> seen = new HashSet<>();
    private long lastSequence;

    private FakeQueue(QueueSettings settings, @Nullable FakeQueue dead) {
        this.settings = settings;
        this.dead = dead;
    }

    static FakeQueue of(QueueSettings settings) {
        return new FakeQueue(settings, new FakeQueue(settings, null));
    }

    QueueSettings settings() {
        return settings;
    }

    /** The queue of dead letters; it has none itself. */
    FakeQueue deadLetters() {
        return dead == null ? this : dead;
    }

    void put(Message message, Instant now) {
        if (settings.detectsDuplicates() && !seen.add(String.valueOf(message.getMessageId()))) {
            return;
        }
        Instant expires = message.getTtl() > 0 ? now.plusMillis(message.getTtl()) : Instant.MAX;
        lastSequence++;
        messages.put(lastSequence, new Stored(lastSequence, message, now, expires));
    }

    Optional<Stored> lockNext(Instant now) {
        tidy(now);
        Optional<Stored> next =
                messages.values().stream().filter(one -> one.token == null).findFirst();
        next.ifPresent(one -> {
            UUID token = UUID.randomUUID();
            one.token = token;
            one.lockedUntil = now.plus(settings.lock());
            locked.put(token, one);
        });
        return next;
    }

    /** Returns until when the message is locked now; empty if its lock was lost. */
    Optional<Instant> renew(UUID token, Instant now) {
        tidy(now);
        return Optional.ofNullable(locked.get(token)).map(one -> one.lockedUntil = now.plus(settings.lock()));
    }

    /** Removes a message; false if its lock was lost. */
    boolean complete(UUID token, Instant now) {
        tidy(now);
        Stored one = locked.remove(token);
        return one != null && messages.remove(one.sequence, one);
    }

    /** Lets others have a message; false if its lock was lost. */
    boolean abandon(UUID token, Instant now) {
        tidy(now);
        Stored one = locked.get(token);
        if (one != null) {
            unlock(one, now);
        }
        return one != null;
    }

    /** Puts a message apart; false if its lock was lost. */
    boolean reject(UUID token, Instant now) {
        tidy(now);
        Stored one = locked.remove(token);
        if (one != null) {
            bury(one, now);
        }
        return one != null;
    }

    private void unlock(Stored one, Instant now) {
        locked.remove(one.token);
        one.token = null;
        one.deliveries++;
        if (one.deliveries >= settings.maxDeliveries()) {
            bury(one, now);
        }
    }

    private void bury(Stored one, Instant now) {
        messages.remove(one.sequence);
        if (dead != null) {
            dead.put(one.message, now);
        }
    }

    /** What browsing shows, locked or not. */
    List<Stored> peek(long from, int most, Instant now) {
        tidy(now);
        return messages.tailMap(from).values().stream().limit(most).toList();
    }

    /** Lets locks run out, and messages expire. */
    private void tidy(Instant now) {
        List.copyOf(locked.values()).stream()
                .filter(one -> !one.lockedUntil.isAfter(now))
                .forEach(one -> unlock(one, now));
        messages.values().removeIf(one -> one.token == null && !one.expires.isAfter(now));
    }
}
