package io.renderfleet.node.scene;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.node.files.AtomicFile;
import io.renderfleet.node.files.FileTree;
import io.renderfleet.node.files.SafePath;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The scenes that were sent to a node, by content.
 *
 * <p>A scene is stored whole or not at all: an upload that breaks off leaves nothing and can start again, and several uploads of
 * one content at once end as one. A zip is unpacked when it comes, so that what is wrong with it is told to whoever sends it. Where the quota is reached the scene that was not used for the longest time goes, but never one
 * in use, nor one that was asked for or sent within the last {@link #KEPT}. Thread-safe.
 */
public final class SceneStore {
    /** How long a scene is safe after it was asked for or sent. */
    public static final Duration KEPT = Duration.ofMinutes(10);

    private static final int BUFFER = 64 * 1024;
    private static final String PLAIN = "scene.blend";
    private static final String ZIPPED = "scene.zip";
    private static final String UNPACKED = "files";

    private final Path root;
    private final long limit;
    private final long quota;
    private final NodeTime time;
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

    private SceneStore(Path root, long limit, long quota, NodeTime time) {
        this.root = root;
        this.limit = limit;
        this.quota = quota;
        this.time = time;
    }

    /**
     * Opens a store; what broken uploads have left is removed.
     *
     * @param root its own folder, made if it is not there
     * @param limit bytes of one scene at most
     * @param quota bytes of all scenes together at most
     * @param time the node's time
     * @return the store, with the scenes that lie there
     * @throws IOException if the folder cannot be made or read
     */
    public static SceneStore open(Path root, long limit, long quota, NodeTime time) throws IOException {
        SceneStore store = new SceneStore(Files.createDirectories(root).toRealPath(), limit, quota, time);
        store.load();
        return store;
    }

    /**
     * Says how large one scene may be.
     *
     * @return bytes
     */
    public long limit() {
        return limit;
    }

    /**
     * Says whether a scene is here, and keeps it for {@link #KEPT} if so.
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
     * Takes a scene. Reads as it comes and never more than the limit; blocks as long as the stream does.
     *
     * @param digest what it should be
     * @param content the bytes; not closed
     * @return what became of it
     * @throws IOException if the stream breaks or the disk fails; nothing is kept then
     */
    public PutResult put(Sha256 digest, InputStream content) throws IOException {
        if (has(digest)) {
            return new PutResult.AlreadyThere();
        }
        Path making = newPart(digest);
        Reservation reserved = new Reservation();
        try {
            Files.createDirectory(making);
            Path file = making.resolve(PLAIN);
            Optional<PutResult> refused = receive(digest, content, file, reserved);
            if (refused.isEmpty() && ZipScene.isZip(file)) {
                refused = unpack(file, making, reserved);
            }
            return refused.isPresent() ? refused.get() : keep(digest, making, reserved);
        } finally {
            FileTree.remove(making);
            reserved.release();
        }
    }

    private Optional<PutResult> receive(Sha256 digest, InputStream content, Path file, Reservation reserved)
            throws IOException {
        MessageDigest actual = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER];
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                if (reserved.bytes + n > limit) {
                    return Optional.of(new PutResult.TooLarge(limit));
                }
                if (!reserved.grow(n)) {
                    return Optional.of(new PutResult.NoRoom(quota));
                }
                actual.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        }
        Sha256 came = Sha256.of(actual);
        return came.equals(digest) ? Optional.empty() : Optional.of(new PutResult.HashDiffers(came));
    }

    private Optional<PutResult> unpack(Path file, Path making, Reservation reserved) throws IOException {
        Path archive = Files.move(file, making.resolve(ZIPPED));
        try {
            new ZipScene(archive, Files.createDirectory(making.resolve(UNPACKED)), reserved::grow).unpack();
            return Optional.empty();
        } catch (ZipScene.RefusedException e) {
            return Optional.of(new PutResult.BadArchive(String.valueOf(e.getMessage())));
        } catch (ZipScene.NoRoomException e) {
            return Optional.of(new PutResult.NoRoom(quota));
        }
    }

    /**
     * Takes a scene into use.
     *
     * @param digest which
     * @param entry which file of it where it is a zip; null for a plain file
     * @return the file, to be released after use, or empty if there is no such scene or it has no such entry
     */
    public synchronized Optional<SceneLease> lease(Sha256 digest, @Nullable String entry) {
        Entry found = entries.get(digest);
        if (found == null) {
            return Optional.empty();
        }
        Path folder = folder(digest);
        Optional<Path> file =
                entry == null ? SafePath.file(folder, PLAIN) : SafePath.file(folder.resolve(UNPACKED), entry);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        touch(digest, found);
        found.leases++;
        return Optional.of(new SceneLease(file.get(), new Release(digest, found)));
    }

    private synchronized Path newPart(Sha256 digest) {
        return root.resolve(digest.hex() + "." + counter++ + AtomicFile.PART_SUFFIX);
    }

    private synchronized PutResult keep(Sha256 digest, Path making, Reservation reserved) throws IOException {
        if (has(digest)) {
            return new PutResult.AlreadyThere();
        }
        Files.move(making, folder(digest), StandardCopyOption.ATOMIC_MOVE);
        Entry entry = new Entry(reserved.bytes, time.now());
        entries.put(digest, entry);
        reserved.keep();
        touch(digest, entry);
        return new PutResult.Stored();
    }

    /** Makes room; with the lock held. */
    private boolean makeRoom(long bytes) {
        while (used + bytes > quota) {
            Instant now = time.now();
            Optional<Map.Entry<Sha256, Entry>> oldest = entries.entrySet().stream()
                    .filter(e -> e.getValue().leases == 0)
                    .filter(e -> !e.getValue().lastUse.plus(KEPT).isAfter(now))
                    .min(Comparator.comparing(e -> e.getValue().lastUse));
            if (oldest.isEmpty()) {
                return false;
            }
            entries.remove(oldest.get().getKey());
            used -= oldest.get().getValue().bytes;
            FileTree.remove(folder(oldest.get().getKey()));
        }
        return true;
    }

    private void touch(Sha256 digest, Entry entry) {
        entry.lastUse = time.now();
        // The file's time carries the order of use over a restart.
        folder(digest).toFile().setLastModified(entry.lastUse.toEpochMilli());
    }

    private Path folder(Sha256 digest) {
        return root.resolve(digest.hex());
    }

    private synchronized void load() throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            for (Path child : children.toList()) {
                String name = child.getFileName().toString();
                if (name.matches("[0-9a-f]{64}") && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    Entry entry = new Entry(
                            FileTree.size(child),
                            Files.getLastModifiedTime(child).toInstant());
                    entries.put(new Sha256(name), entry);
                    used += entry.bytes;
                } else {
                    FileTree.remove(child);
                }
            }
        }
    }

    /** The room that an upload takes before it is a scene. */
    private final class Reservation {
        private long bytes;

        boolean grow(long by) {
            synchronized (SceneStore.this) {
                if (!makeRoom(by)) {
                    return false;
                }
                used += by;
                bytes += by;
                return true;
            }
        }

        void keep() {
            bytes = 0;
        }

        void release() {
            synchronized (SceneStore.this) {
                used -= bytes;
                bytes = 0;
            }
        }
    }

    private final class Release implements Registration {
        private final Sha256 digest;
        private final Entry entry;
        private boolean closed;

        Release(Sha256 digest, Entry entry) {
            this.digest = digest;
            this.entry = entry;
        }

        @Override
        public void close() {
            synchronized (SceneStore.this) {
                if (!closed) {
                    closed = true;
                    entry.leases--;
                    touch(digest, entry);
                }
            }
        }
    }
}
