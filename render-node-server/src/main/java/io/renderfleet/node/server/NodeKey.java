package io.renderfleet.node.server;

import io.renderfleet.node.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key by which orchestrators get into one node: made by the node, and told to the orchestrator with which it registers. It opens
 * this node and no other one, and its node shows it to renew its registration, so that the token with which a node registers first need
 * not be valid for long.
 *
 * <pre>{@code
 * NodeKey key = NodeKey.in(stateFolder, Instant.now());
 * RenderNodeServer.builder(node).key(key) …
 * NodeRegistration.builder(node, uri).key(key) …
 * }</pre>
 *
 * <p>After {@link #LIFE} the node makes a new one and tells it at the next renewal; the one before opens the node until the orchestrator
 * has the new one, and {@link #GRACE} longer for calls that are on their way. To have a new one at once, stop the node and delete the
 * file. The key is 256 random bits; it is never logged, and {@link #toString} does not show it. Thread-safe.
 */
public final class NodeKey {
    /** How old a key becomes. */
    public static final Duration LIFE = Duration.ofDays(30);

    /** For how long a key that was replaced still opens the node. */
    public static final Duration GRACE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeKey.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String FILE = "node-key";
    private static final String TOLD = "told";
    private static final String UNTOLD = "new";
    private static final int BYTES = 32;

    private final @Nullable Path file;
    private List<Entry> entries;

    /** Replaced, and good for calls that are on their way. */
    private @Nullable Entry former;

    private @Nullable Instant formerUntil;

    /**
     * One key.
     *
     * @param key itself
     * @param told whether an orchestrator has it
     * @param made when
     */
    private record Entry(String key, boolean told, Instant made) {
        static Entry make(Instant now) {
            byte[] random = new byte[BYTES];
            RANDOM.nextBytes(random);
            return new Entry(Base64.getUrlEncoder().withoutPadding().encodeToString(random), false, now);
        }

        String line() {
            return key + " " + (told ? TOLD : UNTOLD) + " " + made;
        }

        static Entry parse(String line) {
            String[] words = line.strip().split(" ", -1);
            boolean right = words.length == 3
                    && words[0].matches("[A-Za-z0-9_-]{43}")
                    && (words[1].equals(TOLD) || words[1].equals(UNTOLD));
            if (!right) {
                throw new IllegalArgumentException("a line is no key");
            }
            return new Entry(words[0], words[1].equals(TOLD), Instant.parse(words[2]));
        }

        @Override
        public String toString() {
            return "a key of " + made;
        }
    }

    private NodeKey(@Nullable Path file, List<Entry> entries) {
        this.file = file;
        this.entries = List.copyOf(entries);
    }

    /**
     * Reads the key of a node, or makes one.
     *
     * @param folder which the node has for itself; the key lies in {@code node-key} there, for its user alone
     * @param now the time
     * @return the key
     * @throws IOException if the file cannot be read or written, or holds something else
     */
    public static NodeKey in(Path folder, Instant now) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            List<Entry> made = List.of(Entry.make(now));
            AtomicFile.writePrivate(file, text(made));
            return new NodeKey(file, made);
        }
        try {
            List<Entry> read = Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank())
                    .map(Entry::parse)
                    .toList();
            if (read.isEmpty() || read.size() > 2) {
                throw new IllegalArgumentException("it has " + read.size() + " keys");
            }
            return new NodeKey(file, read);
        } catch (IllegalArgumentException | DateTimeException wrong) {
            throw new IOException("the file '" + FILE
                    + "' in the node's state folder holds no key: delete it, and the node makes one");
        }
    }

    /**
     * Makes a key that ends with its process: an orchestrator is told another one after each start.
     *
     * @param now the time
     * @return a new key
     */
    public static NodeKey inMemory(Instant now) {
        return new NodeKey(null, List.of(Entry.make(now)));
    }

    /** Whether a client that shows this is let in. */
    synchronized boolean opens(String presented, Instant now) {
        boolean opens = false;
        for (Entry entry : entries) {
            opens |= same(entry.key, presented);
        }
        Entry last = former;
        Instant until = formerUntil;
        if (last != null && until != null) {
            opens |= same(last.key, presented) && now.isBefore(until);
        }
        return opens;
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** The key that orchestrators are to have from now on: another one where the last has become old. */
    synchronized String offered(Instant now) {
        Entry newest = newest();
        if (newest.told && !now.isBefore(newest.made.plus(LIFE))) {
            Entry next = Entry.make(now);
            if (write(List.of(newest, next))) {
                LOG.info("the key of this node is {} days old: it gets a new one", LIFE.toDays());
                newest = next;
            }
        }
        return newest.key;
    }

    private Entry newest() {
        return entries.get(entries.size() - 1);
    }

    /** The key that an orchestrator has, as far as is known. */
    synchronized Optional<String> told() {
        return entries.stream().filter(Entry::told).map(Entry::key).findFirst();
    }

    /** An orchestrator has this one now. */
    synchronized void taken(String key, Instant now) {
        Entry newest = newest();
        if (!newest.key.equals(key) || (newest.told && entries.size() == 1)) {
            return;
        }
        Entry replaced = entries.size() > 1 ? entries.get(0) : null;
        if (write(List.of(new Entry(newest.key, true, newest.made))) && replaced != null) {
            former = replaced;
            formerUntil = now.plus(GRACE);
        }
    }

    /** The orchestrator knows none of them any more. */
    synchronized void forgotten() {
        if (entries.stream().anyMatch(Entry::told)) {
            List<Entry> untold = new ArrayList<>();
            entries.forEach(entry -> untold.add(new Entry(entry.key, false, entry.made)));
            write(untold);
        }
    }

    /** A change that the disk does not take is none: what was there before goes on to hold. */
    private boolean write(List<Entry> next) {
        if (file != null) {
            try {
                AtomicFile.writePrivate(file, text(next));
            } catch (IOException e) {
                LOG.warn("the key of this node stays as it is, since {} cannot be written: {}", FILE, e.toString());
                return false;
            }
        }
        entries = List.copyOf(next);
        return true;
    }

    private static String text(List<Entry> entries) {
        return entries.stream().map(Entry::line).collect(Collectors.joining("\n", "", "\n"));
    }

    @Override
    public String toString() {
        return "the key of a node";
    }
}
