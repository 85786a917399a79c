package io.renderfleet.store.s3;

import io.renderfleet.core.content.CachedContentStore;
import io.renderfleet.core.content.RemoteContent;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/**
 * Content in a bucket of Amazon S3, or of a server that speaks its protocol.
 *
 * <pre>{@code
 * RemoteContent remote = S3Content.open(S3Location.parse("s3://renders/farm-1"), limit, quota, InstantSource.system());
 * ContentStore blobs = CachedContentStore.open(remote, folder, room, InstantSource.system());
 * }</pre>
 *
 * <p>The server must know conditional puts ({@code If-None-Match}) and SHA-256 checksums. Nothing is ever written over. What was not used for the
 * longest time gives way to what is new; when that was, an empty object beside it says, whose name tells the time. The clocks of those who share
 * a bucket must agree within a few minutes. Content that somebody asks for in the very moment in which another one gives it up is gone although the
 * answer was that it is there; it is then to be sent again. Objects below the prefix that are not ours stay.
 *
 * <p>Thread-safe. Each send holds at most 8 MiB in memory.
 *
 * @see CachedContentStore
 */
public final class S3Content implements RemoteContent {
    /** A quota that is none. What a bucket holds is never counted then, which saves lists of all objects. */
    public static final long NO_QUOTA = Long.MAX_VALUE;

    /** Uses within so many seconds count as one, so that a scene that many batches ask for is not marked for each. */
    private static final long MARKED_SECONDS = 4;

    private static final int MOST_KNOWN = 10_000;

    private final Bucket bucket;
    private final Keys keys;
    private final Room room;
    private final long limit;
    private final long quota;
    private final InstantSource clock;
    private final Map<Sha256, Instant> marked = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sha256, Instant> eldest) {
            return size() > MOST_KNOWN;
        }
    };

    private S3Content(Bucket bucket, Keys keys, long limit, long quota, InstantSource clock) {
        this.bucket = bucket;
        this.keys = keys;
        this.room = new Room(bucket, keys, quota, clock);
        this.limit = Math.min(limit, Upload.LARGEST);
        this.quota = quota;
        this.clock = clock;
    }

    /**
     * Opens a bucket with the credentials that the SDK finds by itself: in the environment, in the files of a profile, or from the machine on which
     * this runs.
     *
     * @param where the bucket, which is there
     * @param limit bytes of one file at most; more than 80 GB count as that
     * @param quota bytes of everything together at most, or {@link #NO_QUOTA} to leave that to others; what these bring in is seen after some
     *     minutes
     * @param clock measures how long something was not used
     * @return what is ready for use, and is to be closed
     * @throws IOException if the bucket is not there, or cannot be used with these credentials
     */
    public static S3Content open(S3Location where, long limit, long quota, InstantSource clock) throws IOException {
        return open(where, DefaultCredentialsProvider.builder().build(), limit, quota, clock);
    }

    /**
     * Opens a bucket.
     *
     * @param where the bucket, which is there
     * @param credentials as whom
     * @param limit bytes of one file at most; more than 80 GB count as that
     * @param quota bytes of everything together at most, or {@link #NO_QUOTA} to leave that to others; what these bring in is seen after some
     *     minutes
     * @param clock measures how long something was not used
     * @return what is ready for use, and is to be closed
     * @throws IOException if the bucket is not there, or cannot be used with these credentials
     */
    public static S3Content open(
            S3Location where, AwsCredentialsProvider credentials, long limit, long quota, InstantSource clock)
            throws IOException {
        Bucket bucket = Bucket.at(where, credentials);
        try {
            bucket.check();
            return new S3Content(bucket, new Keys(where.prefix()), limit, quota, clock);
        } catch (IOException | RuntimeException failure) {
            bucket.close();
            throw failure;
        }
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public boolean has(Sha256 digest) throws IOException {
        mark(digest);
        return bucket.has(keys.content(digest));
    }

    @Override
    public PutOutcome send(Sha256 digest, Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > limit) {
            return new PutOutcome.TooLarge(limit);
        }
        if (bytes >= Upload.PART && has(digest)) {
            return new PutOutcome.AlreadyThere();
        }
        if (!room.take(bytes)) {
            return has(digest) ? new PutOutcome.AlreadyThere() : new PutOutcome.NoRoom(quota);
        }
        boolean stored = false;
        try {
            mark(digest);
            PutOutcome outcome = new Upload(bucket, keys.content(digest), digest).send(file);
            stored = outcome instanceof PutOutcome.Stored;
            return outcome;
        } finally {
            room.settle(bytes, stored);
        }
    }

    @Override
    public Optional<InputStream> open(Sha256 digest) throws IOException {
        mark(digest);
        return bucket.read(keys.content(digest));
    }

    @Override
    public void tidy() throws IOException {
        room.tidy();
    }

    private void mark(Sha256 digest) throws IOException {
        long now = clock.instant().getEpochSecond();
        Instant use = Instant.ofEpochSecond(-Math.floorDiv(-now, MARKED_SECONDS) * MARKED_SECONDS);
        synchronized (marked) {
            @Nullable Instant last = marked.get(digest);
            if (use.equals(last)) {
                return;
            }
        }
        bucket.mark(keys.mark(digest, use));
        synchronized (marked) {
            marked.put(digest, use);
        }
    }

    @Override
    public void close() {
        bucket.close();
    }
}
