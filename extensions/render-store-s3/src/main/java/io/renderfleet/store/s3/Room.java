package io.renderfleet.store.s3;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * How much room a bucket has for us, and who gives way. What others put there is seen at the next look: each minute while something is sent, and at
 * once where there seems to be no room. Thread-safe; who asks for room waits for a look that is under way.
 */
final class Room {
    private static final Logger log = LoggerFactory.getLogger(Room.class);
    private static final Duration FRESH = Duration.ofMinutes(1);

    /** How soon it is looked again where there was no room. */
    private static final Duration FRESH_WHEN_FULL = Duration.ofSeconds(5);

    private final Bucket bucket;
    private final Keys keys;
    private final long quota;
    private final InstantSource clock;
    private Map<Sha256, Found> found = new HashMap<>();
    private @Nullable Instant looked;
    private long there;
    private long coming;

    /** An object of ours, and when it was used last. */
    private record Found(long bytes, Instant lastUse) {}

    Room(Bucket bucket, Keys keys, long quota, InstantSource clock) {
        this.bucket = bucket;
        this.keys = keys;
        this.quota = quota;
        this.clock = clock;
    }

    /** Gives up what is more than there should be. */
    synchronized void tidy() throws IOException {
        if (quota < S3Content.NO_QUOTA && isOlder(FRESH)) {
            look();
            giveUp(0);
        }
    }

    /** Takes room for what is about to be sent; false if there is none. */
    synchronized boolean take(long bytes) throws IOException {
        if (quota == S3Content.NO_QUOTA) {
            return true;
        }
        if (isOlder(FRESH)) {
            look();
        }
        if (isOver(bytes) && isOlder(FRESH_WHEN_FULL)) {
            look();
        }
        if (isOver(bytes)) {
            giveUp(bytes);
        }
        if (isOver(bytes)) {
            return false;
        }
        coming += bytes;
        return true;
    }

    /** What was sent is there, or is not. */
    synchronized void settle(long bytes, boolean stored) {
        if (quota < S3Content.NO_QUOTA) {
            coming -= bytes;
            there += stored ? bytes : 0;
        }
    }

    private boolean isOver(long bytes) {
        return there + coming + bytes > quota;
    }

    private boolean isOlder(Duration age) {
        return looked == null || !looked.plus(age).isAfter(clock.instant());
    }

    private boolean isOld(Instant lastUse) {
        return !lastUse.plus(ContentStore.KEPT).isAfter(clock.instant());
    }

    private void look() throws IOException {
        Map<Sha256, Long> sizes = new HashMap<>();
        Map<Sha256, Instant> stored = new HashMap<>();
        Map<Sha256, Instant> uses = new HashMap<>();
        List<String> outdated = new ArrayList<>();
        for (S3Object object : bucket.list(keys.prefix())) {
            keys.content(object.key()).ifPresent(digest -> {
                sizes.put(digest, object.size());
                // Where nobody has marked it, or not yet.
                stored.put(digest, object.lastModified());
            });
            keys.mark(object.key()).ifPresent(mark -> {
                Instant before = uses.put(mark.digest(), mark.lastUse());
                if (before != null) {
                    // They come in order, so this one is later.
                    outdated.add(keys.mark(mark.digest(), before));
                }
            });
        }
        uses.forEach((digest, lastUse) -> {
            if (!sizes.containsKey(digest) && isOld(lastUse)) {
                outdated.add(keys.mark(digest, lastUse));
            }
        });
        bucket.delete(outdated);
        found = new HashMap<>();
        sizes.forEach((digest, bytes) -> found.put(
                digest, new Found(bytes, uses.getOrDefault(digest, stored.getOrDefault(digest, Instant.EPOCH)))));
        there = sizes.values().stream().mapToLong(Long::longValue).sum();
        looked = clock.instant();
    }

    private void giveUp(long bytes) throws IOException {
        List<Map.Entry<Sha256, Found>> oldest = found.entrySet().stream()
                .filter(entry -> isOld(entry.getValue().lastUse()))
                .sorted(Comparator.comparing(entry -> entry.getValue().lastUse()))
                .toList();
        for (Map.Entry<Sha256, Found> entry : oldest) {
            if (!isOver(bytes)) {
                return;
            }
            giveUp(entry.getKey(), entry.getValue());
        }
    }

    /** Looks again, since somebody else may have come to need it. */
    private void giveUp(Sha256 digest, Found what) throws IOException {
        List<String> going = new ArrayList<>(List.of(keys.content(digest)));
        Instant lastUse = what.lastUse();
        for (S3Object object : bucket.list(keys.marks(digest))) {
            going.add(object.key());
            lastUse = keys.mark(object.key()).map(Keys.Mark::lastUse).orElse(lastUse);
        }
        if (isOld(lastUse)) {
            log.debug("{} gives way", digest);
            bucket.delete(going);
            there -= what.bytes();
            found.remove(digest);
        } else {
            found.put(digest, new Found(what.bytes(), lastUse));
        }
    }
}
