package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FrameOutput;
import java.util.Iterator;

/**
 * A {@link FrameList} as JSON that is made while it is read, frame by frame, so that a million frames need no more memory than one.
 * Not thread-safe.
 */
public final class FrameStream extends PieceStream {
    /**
     * Makes a stream.
     *
     * @param frames in the order in which they are listed; each is asked for when it is needed
     */
    public FrameStream(Iterable<FrameOutput> frames) {
        super(new JsonPieces("{\"frames\":[", new Entries(frames.iterator()), ",", "]}"));
    }

    private record Entries(Iterator<FrameOutput> frames) implements Iterator<FrameList.Entry> {
        @Override
        public boolean hasNext() {
            return frames.hasNext();
        }

        @Override
        public FrameList.Entry next() {
            FrameOutput frame = frames.next();
            AttemptId attempt = frame.attempt();
            return FrameList.Entry.of(frame, attempt == null ? null : attempt.toString());
        }
    }
}
