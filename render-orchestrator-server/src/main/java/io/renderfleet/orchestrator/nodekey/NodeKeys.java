package io.renderfleet.orchestrator.nodekey;

import io.renderfleet.auth.Owner;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenBearer;
import io.renderfleet.auth.TokenVerifier;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoredValues;
import io.renderfleet.core.store.InMemoryJobStore;
import io.renderfleet.transport.http.NodeAddresses;
import io.renderfleet.transport.http.NodeTokens;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an orchestrator shows to its nodes to be let in: to a node that has registered, the key that this node has told it, which opens no
 * other one; to a node that is listed or was found, what the operator has set for it.
 *
 * <pre>{@code
 * NodeKeys keys = NodeKeys.keptIn(store, Seal.read(secretFile));
 * OrchestratorServer.builder()
 *         .store(store)
 *         .nodeKeys(keys)
 *         .transport(HttpTransport.builder().tokens(keys).addresses(keys).build()) …
 * }</pre>
 *
 * <p>A registered node's key lets that node in, too, to renew its registration and to leave, so it needs another token only the first time.
 * Keys lie in the store of jobs, sealed, so that they are still known after a restart and to a stand-by that takes over; those of nodes that
 * were not seen for {@value #DAYS} days are forgotten. Beside its key it knows the addresses at which a node was allowed to register.
 * Thread-safe.
 */
public final class NodeKeys implements NodeTokens, NodeAddresses, TokenVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(NodeKeys.class);
    private static final String PART = "node-keys";
    private static final String CREDENTIAL = "key of node ";
    private static final int MOST = 20_000;

    /** For how many days a node that does not come back is remembered. */
    static final int DAYS = 90;

    private final StoredValues store;
    private final @Nullable Seal seal;
    private final NodeTokens others;
    private final InstantSource clock;
    private final Map<NodeId, KnownNode> nodes = new HashMap<>();
    private final Map<URI, NodeId> byUrl = new HashMap<>();
    private final Map<Sha256, NodeId> byHash = new HashMap<>();
    private final Map<String, NodeId> byHost = new HashMap<>();

    /** What is known of these may not be in the store. */
    private final Set<NodeId> unkept = new HashSet<>();

    private NodeKeys(StoredValues store, @Nullable Seal seal, NodeTokens others, InstantSource clock) {
        this.store = store;
        this.seal = seal;
        this.others = others;
        this.clock = clock;
    }

    /**
     * Keeps keys in memory only: after a restart each node must register again, with a token that is still valid.
     *
     * @return keys of no node yet
     */
    public static NodeKeys inMemory() {
        return new NodeKeys(
                new InMemoryJobStore().values(PART), null, node -> Optional.empty(), InstantSource.system());
    }

    /**
     * Keeps keys in a store of jobs.
     *
     * @param store the store of this orchestrator and of those that stand by
     * @param seal keeps them secret from who can read the store; null where there is no secret for that: then only addresses are kept, and
     *     a node's key is known again once it has registered anew
     * @return keys of no node yet
     */
    public static NodeKeys keptIn(JobStore store, @Nullable Seal seal) {
        return new NodeKeys(store.values(PART), seal, node -> Optional.empty(), InstantSource.system());
    }

    /**
     * Sets what to show to nodes that have not registered.
     *
     * @param tokens for nodes that are listed or were found; not asked about nodes that have registered
     * @return keys that ask there, too; these here are not used any more
     */
    public NodeKeys orElse(NodeTokens tokens) {
        return new NodeKeys(store, seal, tokens, clock);
    }

    NodeKeys at(InstantSource time) {
        return new NodeKeys(store, seal, others, time);
    }

    /**
     * Reads what is kept, in the place of what is known.
     *
     * @return completed once it is read; exceptionally if the store cannot be read
     */
    public CompletionStage<Void> load() {
        return store.all().thenAccept(this::takeUp);
    }

    private synchronized void takeUp(Map<String, String> kept) {
        nodes.clear();
        byUrl.clear();
        byHash.clear();
        byHost.clear();
        LocalDate oldest = today().minusDays(DAYS);
        int sealed = 0;
        for (Map.Entry<String, String> entry : kept.entrySet()) {
            Optional<KnownNode> node = opened(entry.getKey(), entry.getValue());
            if (node.isEmpty()) {
                sealed++;
            } else if (!node.get().seen().isBefore(oldest) && nodes.size() < MOST) {
                know(node.get());
            }
        }
        if (sealed > 0) {
            LOG.warn(
                    "the keys of {} nodes cannot be read with the secret that this orchestrator has: these nodes must"
                            + " register again, with a token",
                    sealed);
        }
    }

    private Optional<KnownNode> opened(String name, String text) {
        NodeId id;
        try {
            id = new NodeId(name);
        } catch (IllegalArgumentException noNode) {
            return Optional.empty();
        }
        Optional<String> open = seal == null ? Optional.of(text) : seal.open(name, text);
        return open.flatMap(words -> KnownNode.parse(id, words));
    }

    private void know(KnownNode node) {
        unknow(nodes.get(node.id()));
        nodes.put(node.id(), node);
        byUrl.put(node.url(), node.id());
        byHost.put(host(node.url()), node.id());
        if (node.key() != null && !node.removed()) {
            byHash.put(hash(node.key()), node.id());
        }
    }

    private void unknow(@Nullable KnownNode node) {
        if (node == null) {
            return;
        }
        nodes.remove(node.id());
        unkept.remove(node.id());
        byUrl.remove(node.url(), node.id());
        byHost.remove(host(node.url()), node.id());
        if (node.key() != null) {
            byHash.remove(hash(node.key()), node.id());
        }
    }

    /**
     * Says whether a node is known by another key than the one that is offered now.
     *
     * @param node which node
     * @param offered the key that somebody offers in its name, or null
     * @return whether these differ
     */
    public synchronized boolean contradicts(NodeId node, @Nullable String offered) {
        KnownNode known = nodes.get(node);
        return known != null
                && known.key() != null
                && !known.removed()
                && !known.key().equals(offered);
    }

    /**
     * Makes room for one more, where an old one can be forgotten.
     *
     * @param node who comes
     * @return whether there is room
     */
    public synchronized boolean hasRoomFor(NodeId node) {
        if (nodes.containsKey(node) || nodes.size() < MOST) {
            return true;
        }
        LocalDate yesterday = today().minusDays(1);
        Optional<KnownNode> oldest = nodes.values().stream()
                .min(Comparator.comparing(KnownNode::seen))
                .filter(known -> known.seen().isBefore(yesterday));
        oldest.ifPresent(known -> {
            unknow(known);
            var unused = store.remove(known.id().value());
        });
        return oldest.isPresent();
    }

    /**
     * Takes the key of a node that registers or renews. It counts at once.
     *
     * @param node which node
     * @param url where it is
     * @param key by which it lets this orchestrator in; null where it lets everybody in
     * @param addresses the only ones to connect to, none for whatever the URL's host leads to; null for those that are known
     * @return completed once it is kept; exceptionally with the store's error
     */
    public CompletionStage<Void> take(
            NodeId node, URI url, @Nullable String key, @Nullable List<InetAddress> addresses) {
        KnownNode now;
        synchronized (this) {
            KnownNode before = nodes.get(node);
            List<InetAddress> pinned = addresses == null && before != null ? before.addresses() : addresses;
            now = new KnownNode(node, url, key, today(), pinned == null ? List.of() : pinned, false);
            if (now.equals(before) && !unkept.contains(node)) {
                return CompletableFuture.completedStage(null);
            }
            NodeId there = byUrl.get(url);
            if (there != null && !there.equals(node)) {
                unknow(nodes.get(there));
                var unused = store.remove(there.value());
            }
            know(now);
            unkept.add(node);
        }
        return keep(now);
    }

    private CompletionStage<Void> keep(KnownNode node) {
        String name = node.id().value();
        String text = seal == null ? node.withoutKey().text() : seal.close(name, node.text());
        return store.put(name, text).thenAccept(kept -> isKept(node.id()));
    }

    private synchronized void isKept(NodeId node) {
        unkept.remove(node);
    }

    /**
     * Takes it that an operator has removed a node: its key lets it in no more, and any other key that it registers with next is taken. It is
     * still called by the key that it had, since it may have work.
     *
     * @param node which node
     * @return whether it was known
     */
    public boolean remove(NodeId node) {
        KnownNode removed;
        synchronized (this) {
            KnownNode known = nodes.get(node);
            if (known == null || known.removed()) {
                return false;
            }
            removed = known.asRemoved();
            know(removed);
            unkept.add(node);
        }
        var unused = keep(removed).whenComplete((kept, problem) -> {
            if (problem != null) {
                LOG.warn(
                        "node {} is removed, and counts as registered again after a restart: {}",
                        node,
                        problem.toString());
            }
        });
        return true;
    }

    /**
     * Keeps reading what another orchestrator keeps, as a stand-by does.
     *
     * @param every how often
     * @return ends it
     */
    public Runnable follow(Duration every) {
        AtomicBoolean ended = new AtomicBoolean();
        Executor later = CompletableFuture.delayedExecutor(every.toMillis(), TimeUnit.MILLISECONDS);
        readOn(later, ended);
        return () -> ended.set(true);
    }

    private void readOn(Executor later, AtomicBoolean ended) {
        var unused = load().whenComplete((read, problem) -> {
            if (problem != null) {
                LOG.debug("the keys of nodes cannot be read just now: {}", problem.toString());
            }
            if (!ended.get()) {
                later.execute(() -> {
                    if (!ended.get()) {
                        readOn(later, ended);
                    }
                });
            }
        });
    }

    @Override
    public synchronized Optional<String> tokenFor(URI node) {
        NodeId id = byUrl.get(node);
        KnownNode known = id == null ? null : nodes.get(id);
        return known == null ? others.tokenFor(node) : Optional.ofNullable(known.key());
    }

    @Override
    public synchronized List<InetAddress> of(String host, int port) {
        NodeId id = byHost.get(host(host, port));
        KnownNode known = id == null ? null : nodes.get(id);
        return known == null ? List.of() : known.addresses();
    }

    private static String host(URI url) {
        int port = url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
        return host(String.valueOf(url.getHost()), port);
    }

    /** Addresses of version 6 stand in brackets in URLs, and not for whoever connects to them. */
    private static String host(String host, int port) {
        return host.replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT) + ":" + port;
    }

    /** A node that shows its own key may do what a node does, in its own name. */
    @Override
    public synchronized Optional<TokenBearer> verify(String token) {
        return Optional.ofNullable(byHash.get(hash(token)))
                .filter(node -> Owner.isValid(node.value()))
                .map(node -> new TokenBearer(CREDENTIAL + node, node.value(), Role.NODE, null));
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** A key is found by its hash, so that the time of a look-up tells nothing about keys. */
    private static Sha256 hash(String key) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(key.getBytes(StandardCharsets.UTF_8));
        return Sha256.of(digest);
    }
}
