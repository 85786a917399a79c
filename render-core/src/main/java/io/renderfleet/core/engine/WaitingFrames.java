package io.renderfleet.core.engine;

import io.renderfleet.core.model.FrameSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a job that wait, as ranges.
 *
 * <p>Frames that come back go to the front. A very scattered job is held in parts, so that cutting a batch off takes no longer
 * than its part is. Frames that failed together are marked to go out in smaller batches, until the one that is at fault is alone.
 */
final class WaitingFrames {
    private static final int RUNS_IN_A_PART = 1_024;

    private final Deque<Part> parts = new ArrayDeque<>();
    private int size;
    private FrameSet resting = FrameSet.empty();

    /** Frames that wait together; no batch of them may be larger than {@code maxBatch}. */
    private record Part(FrameSet frames, int maxBatch) {}

    WaitingFrames(FrameSet frames) {
        List<FrameSet> pieces = new ArrayList<>();
        FrameSet rest = frames;
        while (rest.runs() > RUNS_IN_A_PART) {
            FrameSet piece = rest.takeRuns(RUNS_IN_A_PART);
            pieces.add(piece);
            rest = rest.skip(piece.size());
        }
        pieces.add(rest);
        pieces.forEach(piece -> addLast(piece, Integer.MAX_VALUE));
    }

    /** How many frames wait and do not rest. */
    int size() {
        return size;
    }

    /** Whether no frame can go out now. */
    boolean isEmpty() {
        return size == 0;
    }

    /** Whether no frame waits at all, not even one that rests. */
    boolean holdsNothing() {
        return size == 0 && resting.isEmpty();
    }

    /** Has frames that wait rest until {@link #wake}: they wait as before, but do not go out. */
    void rest(FrameSet frames) {
        FrameSet now = among(frames);
        take(now);
        resting = resting.union(now);
    }

    /** Has resting frames go out again, in batches of so many at most. */
    void wake(FrameSet frames, int maxBatch) {
        FrameSet now = resting.intersect(frames);
        resting = resting.minus(now);
        addFirst(now, maxBatch);
    }

    /** The frames that wait and do not go out before {@link #wake}. */
    FrameSet resting() {
        return resting;
    }

    /** The frames that wait at the front; of a scattered job its first part only. */
    FrameSet head() {
        Part part = parts.peekFirst();
        return part == null ? FrameSet.empty() : part.frames();
    }

    /** The frame that waits at the very end; null if none does. */
    @Nullable Integer last() {
        Part part = parts.peekLast();
        return part == null
                ? null
                : part.frames().skip(part.frames().size() - 1).first();
    }

    /** How large a batch from the front may be. */
    int maxBatch() {
        Part part = parts.peekFirst();
        return part == null ? Integer.MAX_VALUE : part.maxBatch();
    }

    void removeFromHead(FrameSet frames) {
        Part part = parts.removeFirst();
        FrameSet rest = part.frames().minus(frames);
        size -= part.frames().size() - rest.size();
        if (!rest.isEmpty()) {
            parts.addFirst(new Part(rest, part.maxBatch()));
        }
    }

    void addFirst(FrameSet frames, int maxBatch) {
        if (frames.isEmpty()) {
            return;
        }
        size += frames.size();
        Part head = parts.peekFirst();
        boolean joins =
                head != null && head.maxBatch() == maxBatch && head.frames().runs() < RUNS_IN_A_PART;
        if (head != null && joins) {
            parts.removeFirst();
            parts.addFirst(new Part(frames.union(head.frames()), maxBatch));
        } else {
            parts.addFirst(new Part(frames, maxBatch));
        }
    }

    void addLast(FrameSet frames, int maxBatch) {
        if (!frames.isEmpty()) {
            parts.addLast(new Part(frames, maxBatch));
            size += frames.size();
        }
    }

    /** Takes frames out wherever they wait or rest, because they are no longer needed. */
    void remove(FrameSet frames) {
        take(frames);
        resting = resting.minus(frames);
    }

    private void take(FrameSet frames) {
        List<Part> kept = new ArrayList<>(parts.size());
        for (Part part : parts) {
            FrameSet gone = frames.intersect(part.frames());
            FrameSet rest = gone.isEmpty() ? part.frames() : part.frames().minus(gone);
            size -= gone.size();
            if (!rest.isEmpty()) {
                kept.add(gone.isEmpty() ? part : new Part(rest, part.maxBatch()));
            }
        }
        parts.clear();
        parts.addAll(kept);
    }

    /** Those of some frames that wait and do not rest. */
    private FrameSet among(FrameSet frames) {
        List<FrameSet> found = new ArrayList<>();
        parts.forEach(part -> found.add(frames.intersect(part.frames())));
        return FrameSet.union(found);
    }

    void clear() {
        parts.clear();
        size = 0;
        resting = FrameSet.empty();
    }

    /** All that wait, those that rest among them. */
    FrameSet all() {
        return FrameSet.union(parts.stream().map(Part::frames).toList()).union(resting);
    }
}
