package io.renderfleet.node;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.node.files.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The greatest epoch of each farm, so that a coordinator that was replaced cannot go on. Thread-safe. A greater one is on the disk
 * before it counts.
 */
final class Epochs {
    private static final int MAX_FARMS = 10_000;

    private final @Nullable Path file;
    private Map<String, Long> greatest = new LinkedHashMap<>();
    private boolean closed;

    private Epochs(@Nullable Path file) {
        this.file = file;
    }

    /** Forgets at the end of the process; for nodes that keep no files. */
    static Epochs inMemory() {
        return new Epochs(null);
    }

    static Epochs open(Path file) throws IOException {
        Epochs epochs = new Epochs(file);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                AttemptId last = AttemptId.parse(line + "/1");
                epochs.greatest.put(last.farm(), last.epoch());
            }
        }
        return epochs;
    }

    /**
     * Looks whether the sender is still the coordinator of its farm.
     *
     * @return 0 if it is, else the greatest epoch that is known
     * @throws UncheckedIOException if a new epoch cannot be kept
     */
    synchronized long admit(@Nullable AttemptId attempt) {
        if (attempt == null) {
            return 0;
        }
        long known = greatest.getOrDefault(attempt.farm(), 0L);
        if (attempt.epoch() < known) {
            return known;
        }
        if (attempt.epoch() > known) {
            advance(attempt);
        }
        return 0;
    }

    /** Writes no more: the file may belong to another process from now on. A closed node changes nothing any more. */
    synchronized void close() {
        closed = true;
    }

    /** Put behind the others, so that the first farm is the one that changed least recently. */
    private void advance(AttemptId attempt) {
        Map<String, Long> next = new LinkedHashMap<>(greatest);
        next.remove(attempt.farm());
        if (next.size() >= MAX_FARMS) {
            next.remove(next.keySet().iterator().next());
        }
        next.put(attempt.farm(), attempt.epoch());
        keep(next);
        greatest = next;
    }

    private void keep(Map<String, Long> epochs) {
        if (file == null || closed) {
            return;
        }
        StringBuilder text = new StringBuilder();
        epochs.forEach(
                (farm, epoch) -> text.append(farm).append('/').append(epoch).append('\n'));
        try {
            AtomicFile.write(file, text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("the epochs of farms cannot be kept", e);
        }
    }
}
