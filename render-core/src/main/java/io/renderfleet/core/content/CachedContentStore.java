package io.renderfleet.core.content;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content that a server keeps, with copies on this machine of what is in use here or was lately.
 *
 * <p>What there is, the server says. A copy is made for a lease, and stays until its room is needed for another one. While there are leases, the
 * server is reminded every two and a half minutes that their content is in use. Thread-safe.
 */
public final class CachedContentStore implements ContentStore {
    private static final Logger log = LoggerFactory.getLogger(CachedContentStore.class);

    /** How often a copy is fetched again that had to give way before it could be used. */
    private static final int TRIES = 3;

    private final RemoteContent remote;
    private final FolderContentStore copies;
    private final long room;
    private final Map<Sha256, Integer> leased = new HashMap<>();
    private final ScheduledExecutorService renewing;

    /** So that two who need the same content fetch it once. */
    private final List<Object> fetching =
            IntStream.range(0, 64).mapToObj(i -> new Object()).toList();

    private CachedContentStore(RemoteContent remote, FolderContentStore copies, long room) {
        this.remote = remote;
        this.copies = copies;
        this.room = room;
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "renderfleet-content");
            thread.setDaemon(true);
            return thread;
        });
        this.renewing = timer;
        long period = KEPT.dividedBy(4).toMillis();
        var unused = timer.scheduleAtFixedRate(this::renew, period, period, TimeUnit.MILLISECONDS);
    }

    /**
     * Opens a store.
     *
     * @param remote what the server has; closed with the store
     * @param folder for the copies, used by this store alone; made if it is not there
     * @param room bytes of all copies together at most, not less than {@code remote.limit()}
     * @param clock tells which copy was used last
     * @return the store, with the copies that lie there
     * @throws IllegalArgumentException if there is less room than one file may take
     * @throws IOException if the folder cannot be made or read
     */
    public static CachedContentStore open(RemoteContent remote, Path folder, long room, InstantSource clock)
            throws IOException {
        if (room < remote.limit()) {
            throw new IllegalArgumentException("room for copies is " + room + " bytes: it must be at least "
                    + remote.limit() + ", which one file may have");
        }
        return new CachedContentStore(remote, FolderContentStore.copies(folder, remote.limit(), room, clock), room);
    }

    @Override
    public long limit() {
        return remote.limit();
    }

    @Override
    public boolean has(Sha256 digest) throws IOException {
        return remote.has(digest);
    }

    /** Keeps what comes here first, since it is sent only once it is known to be whole. */
    @Override
    public PutOutcome put(Sha256 digest, InputStream content) throws IOException {
        if (remote.has(digest)) {
            return new PutOutcome.AlreadyThere();
        }
        PutOutcome here = copies.put(digest, content);
        if (here instanceof PutOutcome.NoRoom) {
            throw noRoom(digest);
        } else if (!isHere(here)) {
            return here;
        }
        try (ContentLease copy = copies.lease(digest).orElseThrow(() -> noRoom(digest))) {
            return remote.send(digest, copy.path());
        }
    }

    @Override
    public PutOutcome put(Sha256 digest, Path file) throws IOException {
        return Files.size(file) > limit() ? new PutOutcome.TooLarge(limit()) : remote.send(digest, file);
    }

    @Override
    public Optional<ContentLease> lease(Sha256 digest) throws IOException {
        synchronized (fetching.get(Math.floorMod(digest.hashCode(), fetching.size()))) {
            for (int i = 0; i < TRIES; i++) {
                Optional<ContentLease> copy = copies.lease(digest);
                if (copy.isPresent()) {
                    return copy.map(lease -> counted(digest, lease));
                }
                if (!fetch(digest)) {
                    return Optional.empty();
                }
            }
        }
        throw noRoom(digest);
    }

    private boolean fetch(Sha256 digest) throws IOException {
        Optional<InputStream> found = remote.open(digest);
        if (found.isEmpty()) {
            return false;
        }
        try (InputStream content = found.get()) {
            PutOutcome outcome = copies.put(digest, content);
            if (outcome instanceof PutOutcome.NoRoom) {
                throw noRoom(digest);
            } else if (!isHere(outcome)) {
                throw new IOException("what the server has as " + digest + " is something else: " + outcome);
            }
            return true;
        }
    }

    private static boolean isHere(PutOutcome outcome) {
        return outcome instanceof PutOutcome.Stored || outcome instanceof PutOutcome.AlreadyThere;
    }

    private IOException noRoom(Sha256 digest) {
        return new IOException(
                "there is no room for a copy of " + digest + ": all of the " + room + " bytes for copies are in use");
    }

    private ContentLease counted(Sha256 digest, ContentLease copy) {
        synchronized (leased) {
            leased.merge(digest, 1, Integer::sum);
        }
        return new ContentLease(copy.path(), () -> {
            synchronized (leased) {
                leased.computeIfPresent(digest, (which, count) -> count == 1 ? null : count - 1);
            }
            copy.close();
        });
    }

    /**
     * Reminds the server of what is in use here, and has it give up what is too much. The store does so by itself, every two and a half
     * minutes.
     */
    public void renew() {
        List<Sha256> all;
        synchronized (leased) {
            all = List.copyOf(leased.keySet());
        }
        for (Sha256 digest : all) {
            try {
                if (!remote.has(digest)) {
                    log.debug("the server has given up {}, which is in use here", digest);
                }
            } catch (IOException e) {
                log.debug("the server cannot be reminded of {}: {}", digest, e.toString());
            }
        }
        try {
            remote.tidy();
        } catch (IOException e) {
            log.warn("the store of scenes and frames cannot be tidied up: {}", e.toString());
        }
    }

    @Override
    public void close() {
        renewing.shutdownNow();
        copies.close();
        remote.close();
    }
}
