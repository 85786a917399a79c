package io.renderfleet.core.content;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.local.OwnFolder;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
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
import java.util.HashSet;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps files by their content in a folder, each in a folder of its own below it.
 *
 * <p>A file is received beside the others and becomes visible by a rename. Where the quota is reached, what was not used for the longest
 * time goes. When something was used last is the time of its folder, and so it is known over a restart, and to everybody who shares the
 * folder: each of them renews that time while it has the content in use, and looks at it before it gives something up. The clocks of
 * their machines must agree within a few minutes. Thread-safe.
 */
public final class FolderContentStore implements ContentStore {
    private static final Logger log = LoggerFactory.getLogger(FolderContentStore.class);

    /** How long an upload of somebody else's may pause before what there is of it counts as left behind. */
    private static final Duration LEFT_BEHIND = Duration.ofHours(1);

    private static final int BUFFER = 64 * 1024;
    private static final String PART = ".part";

    private final Path root;
    private final long limit;
    private final long quota;
    private final InstantSource clock;
    private final ContentLayout layout;
    private final Duration kept;
    private final @Nullable ScheduledExecutorService renewing;
    private final String name = UUID.randomUUID().toString().substring(0, 8);
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

    /** Whom a store is for. */
    private enum Use {
        ALONE,
        SHARED,
        COPIES
    }

    private FolderContentStore(Path root, long limit, long quota, InstantSource clock, ContentLayout layout, Use use) {
        this.root = root;
        this.limit = limit;
        this.quota = quota;
        this.clock = clock;
        this.layout = layout;
        this.kept = use == Use.COPIES ? Duration.ZERO : KEPT;
        this.renewing = use == Use.SHARED ? renewing() : null;
    }

    private ScheduledExecutorService renewing() {
        ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "renderfleet-content");
            thread.setDaemon(true);
            return thread;
        });
        long period = KEPT.dividedBy(4).toMillis();
        var unused = timer.scheduleAtFixedRate(this::renew, period, period, TimeUnit.MILLISECONDS);
        return timer;
    }

    /**
     * Opens a store that nobody else uses; everything in its folder that is no content of it is removed.
     *
     * @param root its own folder, made if it is not there
     * @param limit bytes of one file at most
     * @param quota bytes of everything together at most
     * @param clock measures how long something was not used
     * @param layout how what arrives is laid down
     * @return the store, with what lies there
     * @throws IOException if the folder cannot be made or read
     */
    public static FolderContentStore open(Path root, long limit, long quota, InstantSource clock, ContentLayout layout)
            throws IOException {
        return open(root, limit, quota, clock, layout, Use.ALONE);
    }

    /**
     * Opens a store in a folder that others may use at the same time, each in the same way; what uploads have left behind is removed
     * after an hour.
     *
     * @param root the folder, made if it is not there
     * @param limit bytes of one file at most
     * @param quota bytes of everything together at most
     * @param clock measures how long something was not used
     * @param layout how what arrives is laid down
     * @return the store, with what lies there
     * @throws IOException if the folder cannot be made or read
     */
    public static FolderContentStore shared(
            Path root, long limit, long quota, InstantSource clock, ContentLayout layout) throws IOException {
        return open(root, limit, quota, clock, layout, Use.SHARED);
    }

    /**
     * Opens a store for copies of what is kept elsewhere: nobody else uses it, and only what is on lease is safe in it.
     *
     * @param root its own folder, made if it is not there
     * @param limit bytes of one file at most
     * @param quota bytes of everything together at most
     * @param clock measures how long something was not used
     * @return the store, with what lies there
     * @throws IOException if the folder cannot be made or read
     */
    static FolderContentStore copies(Path root, long limit, long quota, InstantSource clock) throws IOException {
        return open(root, limit, quota, clock, ContentLayout.asIs("content"), Use.COPIES);
    }

    private static FolderContentStore open(
            Path root, long limit, long quota, InstantSource clock, ContentLayout layout, Use use) throws IOException {
        Path real = OwnFolder.makePrivate(root).toRealPath();
        FolderContentStore store = new FolderContentStore(real, limit, quota, clock, layout, use);
        store.sweep(use == Use.SHARED ? store::isLeftBehind : child -> true);
        store.look();
        return store;
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public synchronized boolean has(Sha256 digest) {
        Entry entry = entry(digest);
        if (entry == null) {
            return false;
        }
        touch(digest, entry);
        // Somebody else may have given it up just before.
        return isThere(digest);
    }

    @Override
    public PutOutcome put(Sha256 digest, InputStream content) throws IOException {
        if (has(digest)) {
            return new PutOutcome.AlreadyThere();
        }
        look();
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

    @Override
    public synchronized Optional<ContentLease> lease(Sha256 digest) {
        if (!has(digest)) {
            return Optional.empty();
        }
        Entry entry = entries.get(digest);
        if (entry == null) {
            return Optional.empty();
        }
        entry.leases++;
        return Optional.of(new ContentLease(layout.content(folder(digest)), () -> release(digest, entry)));
    }

    /**
     * Gives up content that turned out not to be what its digest says. Whoever has it in use keeps what is there until they are done
     * with it.
     *
     * @param digest which; nothing happens if it is not there
     */
    public synchronized void discard(Sha256 digest) {
        Entry entry = entry(digest);
        if (entry == null) {
            return;
        }
        Path going = newPart(digest);
        try {
            Files.move(folder(digest), going, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            log.warn("{} cannot be given up: {}", folder(digest), e.toString());
            return;
        }
        forget(digest, entry);
        if (entry.leases == 0) {
            FileTree.remove(going);
        }
    }

    private synchronized void release(Sha256 digest, Entry entry) {
        entry.leases--;
        touch(digest, entry);
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
            Optional<String> unfit = layout.arrange(part, making, reserved);
            if (reserved.refused) {
                return new PutOutcome.NoRoom(quota);
            }
            return unfit.isPresent() ? new PutOutcome.Unfit(unfit.get()) : show(digest, making, reserved);
        } finally {
            FileTree.remove(making);
        }
    }

    private synchronized PutOutcome show(Sha256 digest, Path making, Reservation reserved) throws IOException {
        if (has(digest)) {
            return new PutOutcome.AlreadyThere();
        }
        try {
            Files.move(making, folder(digest), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (has(digest)) {
                return new PutOutcome.AlreadyThere();
            }
            throw e;
        }
        Entry entry = new Entry(reserved.bytes, clock.instant());
        entries.put(digest, entry);
        reserved.keep();
        touch(digest, entry);
        return new PutOutcome.Stored();
    }

    private synchronized Path newPart(Sha256 digest) {
        return root.resolve(digest.hex() + "." + name + "-" + counter++ + PART);
    }

    /** Makes room; with the lock held. */
    private boolean makeRoom(long bytes) {
        while (used + bytes > quota) {
            Instant now = clock.instant();
            Optional<Map.Entry<Sha256, Entry>> oldest = entries.entrySet().stream()
                    .filter(e -> e.getValue().leases == 0)
                    .filter(e -> isOld(e.getValue().lastUse, now))
                    .min(Comparator.comparing(e -> e.getValue().lastUse));
            if (oldest.isEmpty()) {
                return false;
            }
            giveUp(oldest.get().getKey(), oldest.get().getValue(), now);
        }
        return true;
    }

    private boolean isOld(Instant lastUse, Instant now) {
        return !lastUse.plus(kept).isAfter(now);
    }

    /** Takes the folder out of sight first, and looks again: somebody else may have come to need it. */
    private void giveUp(Sha256 digest, Entry entry, Instant now) {
        Path folder = folder(digest);
        Path going = newPart(digest);
        try {
            Instant lastUse = Files.getLastModifiedTime(folder).toInstant();
            if (isOld(lastUse, now)) {
                Files.move(folder, going, StandardCopyOption.ATOMIC_MOVE);
                lastUse = Files.getLastModifiedTime(going).toInstant();
                if (isOld(lastUse, now)) {
                    forget(digest, entry);
                    FileTree.remove(going);
                    return;
                }
                Files.move(going, folder, StandardCopyOption.ATOMIC_MOVE);
            }
            entry.lastUse = lastUse;
        } catch (IOException goneBySomebodyElse) {
            log.debug("{} cannot be given up: {}", folder, goneBySomebodyElse.toString());
            forget(digest, entry);
        }
    }

    private void forget(Sha256 digest, Entry entry) {
        if (entries.remove(digest, entry)) {
            used -= entry.bytes;
        }
    }

    private void touch(Sha256 digest, Entry entry) {
        entry.lastUse = clock.instant();
        // The folder's time carries the order of use over a restart, and to others.
        if (!folder(digest).toFile().setLastModified(entry.lastUse.toEpochMilli())) {
            log.debug("the time of {} cannot be set", folder(digest));
        }
    }

    /** Marks for others what is in use here. A shared store does so by itself, every two and a half minutes. */
    public synchronized void renew() {
        entries.forEach((digest, entry) -> {
            if (entry.leases > 0) {
                touch(digest, entry);
            }
        });
    }

    private Path folder(Sha256 digest) {
        return root.resolve(digest.hex());
    }

    private boolean isThere(Sha256 digest) {
        return Files.isDirectory(folder(digest), LinkOption.NOFOLLOW_LINKS);
    }

    /** What is known of content, as its folder says now: others may have brought it or given it up. */
    private @Nullable Entry entry(Sha256 digest) {
        Entry entry = entries.get(digest);
        boolean there = isThere(digest);
        if (entry != null && !there) {
            forget(digest, entry);
            return null;
        }
        if (entry == null && there) {
            entry = read(digest);
        }
        return entry;
    }

    private @Nullable Entry read(Sha256 digest) {
        Path folder = folder(digest);
        try {
            Entry entry =
                    new Entry(sizeOf(folder), Files.getLastModifiedTime(folder).toInstant());
            entries.put(digest, entry);
            used += entry.bytes;
            return entry;
        } catch (IOException e) {
            log.warn("{} cannot be read: {}", folder, e.toString());
            return null;
        }
    }

    /** Learns what there is. */
    private synchronized void look() throws IOException {
        Set<Sha256> all = new HashSet<>(entries.keySet());
        try (Stream<Path> children = Files.list(root)) {
            children.filter(FolderContentStore::isContent)
                    .forEach(child -> all.add(new Sha256(String.valueOf(child.getFileName()))));
        }
        all.forEach(this::entry);
    }

    private void sweep(Predicate<Path> which) throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            children.filter(child -> !isContent(child)).filter(which).toList().forEach(FileTree::remove);
        }
    }

    private boolean isLeftBehind(Path child) {
        try {
            return String.valueOf(child.getFileName()).endsWith(PART)
                    && Files.getLastModifiedTime(child, LinkOption.NOFOLLOW_LINKS)
                            .toInstant()
                            .plus(LEFT_BEHIND)
                            .isBefore(clock.instant());
        } catch (IOException goneMeanwhile) {
            return false;
        }
    }

    private static boolean isContent(Path child) {
        return String.valueOf(child.getFileName()).matches("[0-9a-f]{64}")
                && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS);
    }

    private static long sizeOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            LongSummaryStatistics lengths = files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(file -> file.toFile().length())
                    .summaryStatistics();
            // The first one is what arrived; the others were unpacked.
            return lengths.getSum() + Math.max(0, lengths.getCount() - 1) * ContentLayout.Room.EACH_FILE;
        }
    }

    @Override
    public void close() {
        if (renewing != null) {
            renewing.shutdownNow();
        }
    }

    /** The room that an upload takes before it is kept. */
    private final class Reservation implements ContentLayout.Room {
        private long bytes;
        private boolean refused;

        @Override
        public boolean take(long more) {
            synchronized (FolderContentStore.this) {
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
            synchronized (FolderContentStore.this) {
                used -= bytes;
                bytes = 0;
            }
        }
    }
}
