package io.renderfleet.core.engine;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a job that had better be rendered before their turn: the last one, then the middle one. What they take tells what is to
 * come, a last frame that is very dear does not hold the job at its end, and artists see where the shot goes.
 *
 * <p>None where a request wants its order kept or asks for frames in another order than upwards, nor where frames depend on those before them. Belongs to the loop.
 */
final class FirstLook {
    private final Deque<Integer> frames = new ArrayDeque<>();

    FirstLook(RenderRequest request) {
        FrameSet all = request.frames();
        if (!request.inOrder() && all.size() > 2 && all.equals(all.sorted())) {
            frames.add(all.skip(all.size() - 1).first());
            frames.add(all.skip(all.size() / 2).first());
        }
    }

    /** The next one, if it is among those that wait at the front; one that is not has gone out. Null once there is none. */
    @Nullable Integer next(FrameSet head) {
        while (!frames.isEmpty() && !head.contains(frames.getFirst())) {
            frames.removeFirst();
        }
        return frames.peekFirst();
    }

    /** Frames turn out to depend on those before them. */
    void keepOrder() {
        frames.clear();
    }
}
