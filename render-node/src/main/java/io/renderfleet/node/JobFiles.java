package io.renderfleet.node;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.node.files.SafePath;
import io.renderfleet.node.journal.StoredJob;
import io.renderfleet.node.output.BakedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The finished frames of one job and its log. Thread-safe.
 *
 * <p>While the job runs its frames are held here; afterwards they are read from its journal when somebody asks, so that a thousand
 * ended jobs take no memory.
 */
final class JobFiles {
    /** Up to so many frames are listed together with the end of a job. */
    static final int FEW = 100;

    private final JobFolder folder;
    private @Nullable Map<Integer, FrameOutput> live;
    private SoftReference<Map<Integer, FrameOutput>> read = new SoftReference<>(null);

    private JobFiles(JobFolder folder, @Nullable Map<Integer, FrameOutput> live) {
        this.folder = folder;
        this.live = live;
    }

    static JobFiles ofNew(JobFolder folder) {
        return new JobFiles(folder, new LinkedHashMap<>());
    }

    static JobFiles ofEnded(JobFolder folder) {
        return new JobFiles(folder, null);
    }

    synchronized void add(FrameOutput output) {
        if (live != null) {
            live.put(output.frame(), output);
        }
    }

    /**
     * No frame comes any more, and all that came are in the journal. A client that waits for the end gets the list at once if it is short:
     * they stay at hand for as long as memory is not short.
     */
    synchronized void seal() {
        if (live != null && live.size() <= FEW) {
            read = new SoftReference<>(live);
        }
        live = null;
    }

    /** All frames, if they are few: a journal that cannot be read has none. */
    synchronized Optional<List<FrameOutput>> few() {
        try {
            Map<Integer, FrameOutput> all = all();
            return all.size() > FEW ? Optional.empty() : Optional.of(List.copyOf(all.values()));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    synchronized List<FrameOutput> frames() {
        return List.copyOf(all().values());
    }

    synchronized Optional<FrameOutput> frame(int frame) {
        return Optional.ofNullable(all().get(frame));
    }

    /** Finds a file by the name that a frame has for it. */
    Optional<Path> file(String name) {
        return SafePath.file(folder.frames(), name);
    }

    /** Finds the zip of the baked scene. */
    Optional<Path> baked() {
        return SafePath.file(folder.attempt(), BakedFile.NAME);
    }

    Optional<Path> log() {
        return Optional.of(folder.log()).filter(Files::isRegularFile);
    }

    void discard() {
        folder.discard();
    }

    private Map<Integer, FrameOutput> all() {
        if (live != null) {
            return live;
        }
        Map<Integer, FrameOutput> frames = read.get();
        if (frames == null) {
            try {
                frames = StoredJob.frames(folder.journal());
            } catch (NoSuchFileException e) {
                // Forgotten in this very moment.
                frames = Map.of();
            } catch (IOException e) {
                throw new UncheckedIOException("the journal of a job cannot be read", e);
            }
            read = new SoftReference<>(frames);
        }
        return frames;
    }
}
