package io.renderfleet.core.content;

import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps files by their content, each in a folder of its own.
 *
 * <p>A file is stored whole or not at all: an upload that breaks off leaves nothing and can start again, and several uploads of one
 * content at once end as one. Where the quota is reached what was not used for the longest time goes, but never what is in use, nor
 * what was asked for or sent within the last {@link #KEPT}. Thread-safe.
 */
public final class ContentStore {
    /** How long content is safe after it was asked for or sent. */
    public static final Duration KEPT = Duration.ofMinutes(10);

    private static final int BUFFER = 64 * 1024;
    private static final String PART = ".part";

    private final Path root;
    private final long limit;
    private final long quota;
    private final InstantSource clock;
    private final Arrangement arrangement;
    private final Map<Sha256, Entry> entries = new HashMap<>();
    private long used;
    private long counter;

    private static final class Entry {
        private final long bytes;
        private Instant lastUse;
        private int leases;

        Entry(long bytes, Instant lastUse) {
            this.bytes = bytes;
            this.lastUse = lastUse;
        }
    }

    private ContentStore(Path root, long limit, long quota, InstantSource clock, Arrangement arrangement) {
        this.root = root;
        this.limit = limit;
        this.quota = quota;
        this.clock = clock;
        this.arrangement = arrangement;
    }

    /**
     * Opens a store; what broken uploads have left is removed.
     *
     * @param root its own folder, made if it is not there
     * @param limit bytes of one file at most
     * @param quota bytes of everything together at most
     * @param clock tells how long something was not used
     * @param arrangement how what arrives is laid down
     * @return the store, with what lies there
     * @throws IOException if the folder cannot be made or read
     */
    public static ContentStore open(Path root, long limit, long quota, InstantSource clock, Arrangement arrangement)
            throws IOException {
        Path real = Files.createDirectories(root).toRealPath();
        ContentStore store = new ContentStore(real, limit, quota, clock, arrangement);
        store.load();
        return store;
    }

    /**
     * Says how large one file may be.
     *
     * @return bytes
     */
    public long limit() {
        return limit;
    }

    /**
     * Says whether content is here, and keeps it for {@link #KEPT} if so.
     *
     * @param digest which
     * @return true if it is
     */
    public synchronized boolean has(Sha256 digest) {
        Entry entry = entries.get(digest);
        if (entry == null) {
            return false;
        }
        touch(digest, entry);
        return true;
    }

    /**
     * Takes a file. Reads as it comes and never more than the limit; blocks as long as the stream does.
     *
     * @param digest what it should be
     * @param content the bytes; not closed
     * @return what became of it
     * @throws IOException if the stream breaks or the disk fails; nothing is kept then
     */
    public PutOutcome put(Sha256 digest, InputStream content) throws IOException {
        if (has(digest)) {
            return new PutOutcome.AlreadyThere();
        }
        Path part = newPart(digest);
        Reservation reserved = new Reservation();
        try {
            Optional<PutOutcome> refused = receive(digest, content, part, reserved);
            return refused.isPresent() ? refused.get() : keep(digest, part, reserved);
        } finally {
            Files.deleteIfExists(part);
            reserved.release();
        }
    }

    /**
     * Takes content into use.
     *
     * @param digest which
     * @return the lease, to be closed after use, or empty if there is no such content
     */
    public synchronized Optional<ContentLease> lease(Sha256 digest) {
        Entry entry = entries.get(digest);
        if (entry == null || !Files.isDirectory(folder(digest), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        touch(digest, entry);
        entry.leases++;
        return Optional.of(new ContentLease(folder(digest), new Release(digest, entry)));
    }

    private Optional<PutOutcome> receive(Sha256 digest, InputStream content, Path part, Reservation reserved)
            throws IOException {
        MessageDigest actual = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER];
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                if (reserved.bytes + n > limit) {
                    return Optional.of(new PutOutcome.TooLarge(limit));
                }
                if (!reserved.take(n)) {
                    return Optional.of(new PutOutcome.NoRoom(quota));
                }
                actual.update(buffer, 0, n);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            out.force(true);
        }
        Sha256 came = Sha256.of(actual);
        return came.equals(digest) ? Optional.empty() : Optional.of(new PutOutcome.HashDiffers(came));
    }

    private PutOutcome keep(Sha256 digest, Path part, Reservation reserved) throws IOException {
        Path making = Files.createDirectory(newPart(digest));
        try {
            Optional<String> unfit = arrangement.arrange(part, making, reserved);
            if (reserved.refused) {
                return new PutOutcome.NoRoom(quota);
            }
            return unfit.isPresent() ? new PutOutcome.Unfit(unfit.get()) : show(digest, making, reserved);
        } finally {
            remove(making);
        }
    }

    private synchronized PutOutcome show(Sha256 digest, Path making, Reservation reserved) throws IOException {
        if (has(digest)) {
            return new PutOutcome.AlreadyThere();
        }
        Files.move(making, folder(digest), StandardCopyOption.ATOMIC_MOVE);
        Entry entry = new Entry(reserved.bytes, clock.instant());
        entries.put(digest, entry);
        reserved.keep();
        touch(digest, entry);
        return new PutOutcome.Stored();
    }

    private synchronized Path newPart(Sha256 digest) {
        return root.resolve(digest.hex() + "." + counter++ + PART);
    }

    /** Makes room; with the lock held. */
    private boolean makeRoom(long bytes) {
        while (used + bytes > quota) {
            Instant now = clock.instant();
            Optional<Map.Entry<Sha256, Entry>> oldest = entries.entrySet().stream()
                    .filter(e -> e.getValue().leases == 0)
                    .filter(e -> !e.getValue().lastUse.plus(KEPT).isAfter(now))
                    .min(Comparator.comparing(e -> e.getValue().lastUse));
            if (oldest.isEmpty()) {
                return false;
            }
            entries.remove(oldest.get().getKey());
            used -= oldest.get().getValue().bytes;
            remove(folder(oldest.get().getKey()));
        }
        return true;
    }

    private void touch(Sha256 digest, Entry entry) {
        entry.lastUse = clock.instant();
        // The folder's time carries the order of use over a restart.
        folder(digest).toFile().setLastModified(entry.lastUse.toEpochMilli());
    }

    private Path folder(Sha256 digest) {
        return root.resolve(digest.hex());
    }

    private synchronized void load() throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            for (Path child : children.toList()) {
                String name = String.valueOf(child.getFileName());
                if (name.matches("[0-9a-f]{64}") && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    Entry entry = new Entry(
                            sizeOf(child), Files.getLastModifiedTime(child).toInstant());
                    entries.put(new Sha256(name), entry);
                    used += entry.bytes;
                } else {
                    remove(child);
                }
            }
        }
    }

    private static long sizeOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static void remove(Path tree) {
        FileTrees.remove(tree);
    }

    /** The room that an upload takes before it is kept. */
    private final class Reservation implements Arrangement.Room {
        private long bytes;
        private boolean refused;

        @Override
        public boolean take(long more) {
            synchronized (ContentStore.this) {
                if (!makeRoom(more)) {
                    refused = true;
                    return false;
                }
                used += more;
                bytes += more;
                return true;
            }
        }

        void keep() {
            bytes = 0;
        }

        void release() {
            synchronized (ContentStore.this) {
                used -= bytes;
                bytes = 0;
            }
        }
    }

    private final class Release implements Runnable {
        private final Sha256 digest;
        private final Entry entry;
        private boolean closed;

        Release(Sha256 digest, Entry entry) {
            this.digest = digest;
            this.entry = entry;
        }

        @Override
        public void run() {
            synchronized (ContentStore.this) {
                if (!closed) {
                    closed = true;
                    entry.leases--;
                    touch(digest, entry);
                }
            }
        }
    }
}
