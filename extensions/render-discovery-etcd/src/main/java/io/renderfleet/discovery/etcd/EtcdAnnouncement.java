package io.renderfleet.discovery.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.renderfleet.discovery.Announcer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces one node in etcd for as long as it lives: its entry hangs on a lease, which is renewed three times in its lifetime. A node that
 * dies is gone when the lease ends; {@link #close} takes it away at once, as a node does when it drains. When etcd has lost the lease or the
 * entry, both are made again.
 *
 * <p>Has a daemon thread, and those of etcd's client, until it is closed. Thread-safe.
 */
public final class EtcdAnnouncement implements Announcer.Announcement {
    private static final Logger log = LoggerFactory.getLogger(EtcdAnnouncement.class);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,199}");
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final long LAST_CALLS_SECONDS = 10;

    private final EtcdAccess access;
    private final ByteSequence key;
    private final Duration lifetime;
    private final ScheduledExecutorService thread;
    private volatile AnnouncedNode node;

    /** These belong to the thread. */
    private @Nullable Client client;

    private long lease;
    private @Nullable AnnouncedNode written;
    private long revision;
    private @Nullable String trouble;

    private EtcdAnnouncement(EtcdAccess access, String id, AnnouncedNode node, Duration lifetime) {
        this.access = access;
        this.key = access.key(id);
        this.node = node;
        this.lifetime = lifetime;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "etcd-announcement");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Announces a node from now on; that etcd does not answer yet is no error, but is in the log.
     *
     * @param access where etcd is
     * @param id of the node, 1 to 200 letters, digits, and {@code . _ : -}; the last part of the key
     * @param address where orchestrators call it, such as {@code http://node-1:3000}
     * @param labels by which discoveries can choose, at most 32
     * @param lifetime how long the entry stays when the node is not heard of, 1 s to 1 h, in whole seconds; 15 s is usual
     * @return what ends it
     * @throws IllegalArgumentException if one of them makes no sense, in one sentence
     */
    public static EtcdAnnouncement begin(
            EtcdAccess access, String id, URI address, Map<String, String> labels, Duration lifetime) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("id is '" + id
                    + "': it must be 1 to 200 letters, digits, and . _ : -, and begin with one of the first two");
        }
        if (lifetime.compareTo(SHORTEST) < 0 || lifetime.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("lifetime is " + lifetime + ": it must be from 1 s to 1 h");
        }
        EtcdAnnouncement made = new EtcdAnnouncement(access, id, new AnnouncedNode(address, labels), lifetime);
        var unused = made.thread.scheduleWithFixedDelay(made::renew, 0, lifetime.toMillis() / 3, TimeUnit.MILLISECONDS);
        return made;
    }

    /**
     * Changes the labels, soon.
     *
     * @param labels all that the node has from now on, at most 32
     */
    public void labels(Map<String, String> labels) {
        node = new AnnouncedNode(node.address(), labels);
        try {
            thread.execute(this::renew);
        } catch (RejectedExecutionException closed) {
            log.debug("{}: closed, so nothing changes", access);
        }
    }

    private void renew() {
        try {
            if (lease == 0 || !keepAlive()) {
                lease = EtcdCalls.answer(client().getLeaseClient().grant(lifetime.toSeconds()))
                        .getID();
                written = null;
            }
            write();
            if (trouble != null) {
                log.info("{}: announced again", access);
                trouble = null;
            }
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (trouble == null && !thread.isShutdown()) {
                log.warn("{}: this node cannot be announced: {}; it is tried again", access, why);
            }
            trouble = why;
            disconnect();
        } catch (RuntimeException | LinkageError e) {
            log.error("{}: announcing failed; it is tried again", access, e);
        }
    }

    /** False where etcd does not know the lease any more; an etcd that does not answer says nothing about it. */
    private boolean keepAlive() throws IOException {
        Lease leases = client().getLeaseClient();
        return EtcdCalls.answer(leases.timeToLive(lease, LeaseOption.DEFAULT)).getTTL() > 0
                && EtcdCalls.answer(leases.keepAliveOnce(lease)).getTTL() > 0;
    }

    /** Writes the entry, unless it is still the one that was written last. */
    private void write() throws IOException {
        AnnouncedNode now = node;
        KV entries = client().getKVClient();
        if (now.equals(written)) {
            Cmp untouched = new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
            if (EtcdCalls.answer(entries.txn().If(untouched).commit()).isSucceeded()) {
                return;
            }
            log.warn("{}: somebody else has changed or removed the entry of this node; it is written again", access);
        }
        PutOption onLease = PutOption.builder().withLeaseId(lease).build();
        revision = EtcdCalls.answer(entries.put(key, EtcdAccess.bytes(now.json()), onLease))
                .getHeader()
                .getRevision();
        written = now;
    }

    private Client client() throws IOException {
        Client open = client;
        if (open == null) {
            open = access.open();
            client = open;
        }
        return open;
    }

    /** A client waits longer and longer before it connects again, up to two minutes; a new one connects at once. */
    private void disconnect() {
        Client open = client;
        client = null;
        if (open != null) {
            open.close();
        }
    }

    private void end() {
        try {
            if (lease != 0) {
                var unused = EtcdCalls.answer(client().getLeaseClient().revoke(lease));
            }
        } catch (IOException e) {
            log.warn("{}: the entry of this node stays for {} more: {}", access, lifetime, e.getMessage());
        } finally {
            disconnect();
        }
    }

    /** Takes the node away, within 10 seconds; where etcd does not answer, it goes with its lease. Can be called twice. */
    @Override
    public void close() {
        synchronized (thread) {
            if (!thread.isShutdown()) {
                thread.execute(this::end);
                thread.shutdown();
            }
        }
        try {
            if (!thread.awaitTermination(LAST_CALLS_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
