package io.renderfleet.discovery.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.renderfleet.core.spi.Target;
import io.renderfleet.discovery.FoundNodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what is under a prefix, and follows it. All but {@link #start} and {@link #close} happens on a thread of its own. */
final class EtcdWatching implements AutoCloseable {
    /** The most entries that one prefix may have. */
    static final int MOST = 20_000;

    private static final Logger log = LoggerFactory.getLogger(EtcdWatching.class);

    private final EtcdAccess access;
    private final FoundNodes nodes;
    private final Map<String, String> wanted;
    private final Duration every;
    private final ScheduledExecutorService thread;

    /** Every key, with its node where the entry can be read and has the labels that are wanted. */
    private final Map<ByteSequence, Optional<Target>> entries = new HashMap<>();

    private Watch.@Nullable Watcher watcher;
    private boolean delivering;

    private @Nullable Client client;
    private boolean closed;

    EtcdWatching(EtcdAccess access, Map<String, String> wanted, Duration every) {
        this.access = access;
        this.nodes = new FoundNodes(access.toString());
        this.wanted = wanted;
        this.every = every;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "etcd-discovery");
            made.setDaemon(true);
            return made;
        });
    }

    synchronized void start(Consumer<Set<Target>> snapshots) {
        if (nodes.begin(snapshots)) {
            var unused = thread.scheduleWithFixedDelay(this::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        try {
            if (watcher == null || nodes.trouble().isPresent() || count() != entries.size()) {
                read();
            }
        } catch (IOException e) {
            nodes.troubled(String.valueOf(e.getMessage()));
            unwatch();
            disconnect();
        } catch (RuntimeException | LinkageError e) {
            nodes.failed(e);
        }
    }

    private long count() throws IOException {
        return ask(GetOption.builder().isPrefix(true).withCountOnly(true).build())
                .getCount();
    }

    private void read() throws IOException {
        GetResponse all =
                ask(GetOption.builder().isPrefix(true).withLimit(MOST + 1L).build());
        if (all.getKvs().size() > MOST) {
            throw new IOException("it has " + all.getCount() + " nodes: at most " + MOST + " are allowed");
        }
        entries.clear();
        all.getKvs().forEach(this::put);
        watch(all.getHeader().getRevision() + 1);
        deliver();
    }

    private GetResponse ask(GetOption what) throws IOException {
        return EtcdCalls.answer(client().getKVClient().get(access.key(""), what));
    }

    private synchronized Client client() throws IOException {
        if (closed) {
            throw new IOException("it is closed");
        }
        Client open = client;
        if (open == null) {
            open = access.open();
            client = open;
        }
        return open;
    }

    private void watch(long revision) throws IOException {
        unwatch();
        WatchOption from = WatchOption.builder()
                .isPrefix(true)
                .withRevision(revision)
                .withRequireLeader(true)
                .build();
        Listening listening = new Listening();
        Watch.Watcher begun = client().getWatchClient().watch(access.key(""), from, listening);
        listening.mine = begun;
        watcher = begun;
    }

    private void unwatch() {
        if (watcher != null) {
            watcher.close();
            watcher = null;
        }
    }

    private void changed(List<WatchEvent> events) {
        for (WatchEvent event : events) {
            if (event.getEventType() == WatchEvent.EventType.PUT) {
                put(event.getKeyValue());
            } else {
                entries.remove(event.getKeyValue().getKey());
            }
        }
        // Behind what has come in the meantime: a thousand nodes that come at once are a few snapshots, not a thousand.
        if (!delivering) {
            delivering = true;
            run(this::deliver);
        }
    }

    private void put(KeyValue entry) {
        Optional<Target> node = Optional.empty();
        try {
            AnnouncedNode read = AnnouncedNode.read(entry.getValue().getBytes());
            node = read.bears(wanted) ? Optional.of(new Target.Machine(read.address())) : Optional.empty();
        } catch (IllegalArgumentException e) {
            String key = entry.getKey().toString(StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
            log.warn("{}: the entry {} is left out: {}", access, key, e.getMessage());
        }
        entries.put(entry.getKey(), node);
    }

    private void deliver() {
        delivering = false;
        nodes.found(entries.values().stream().flatMap(Optional::stream).collect(Collectors.toUnmodifiableSet()));
    }

    Optional<String> trouble() {
        return nodes.trouble();
    }

    /** A client waits longer and longer before it connects again, up to two minutes; a new one connects at once. */
    private void disconnect() {
        Client open;
        synchronized (this) {
            open = client;
            client = null;
        }
        if (open != null) {
            open.close();
        }
    }

    private synchronized void run(Runnable work) {
        if (!closed) {
            thread.execute(work);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            nodes.close();
        }
        thread.shutdownNow();
        disconnect();
    }

    /** Brings what etcd says onto the thread; what an old watch says does not count. */
    private final class Listening implements Watch.Listener {
        private Watch.@Nullable Watcher mine;

        @Override
        public void onNext(io.etcd.jetcd.watch.WatchResponse response) {
            List<WatchEvent> events = response.getEvents();
            run(() -> {
                if (watcher == mine) {
                    changed(events);
                }
            });
        }

        /** Its revision may have been compacted, or the connection is gone: either way everything is read again. */
        @Override
        public void onError(Throwable failure) {
            ended(EtcdCalls.why(failure));
        }

        @Override
        public void onCompleted() {
            ended("the watch has ended");
        }

        private void ended(String why) {
            run(() -> {
                if (watcher == mine && mine != null) {
                    log.info("{}: {}; it is read again", access, why);
                    unwatch();
                    look();
                }
            });
        }
    }
}
