package io.renderfleet.transport.http.wire;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/** A {@link HistoryBody} as JSON that is made while it is read, attempt by attempt. Not thread-safe. */
public final class HistoryStream extends PieceStream {
    private HistoryStream(JsonPieces pieces) {
        super(pieces);
    }

    /**
     * Makes one object, a {@link HistoryBody}.
     *
     * @param head the same without its attempts
     * @param attempts each is asked for when it is needed
     * @return the stream
     */
    public static HistoryStream whole(HistoryBody head, Iterator<AttemptBody> attempts) {
        String text = new String(Wire.write(head), StandardCharsets.UTF_8);
        return new HistoryStream(
                new JsonPieces(text.substring(0, text.length() - 1) + ",\"attempts\":[", attempts, ",", "]}"));
    }

    /**
     * Makes one object a line, each an {@link AttemptBody}.
     *
     * @param attempts each is asked for when it is needed
     * @return the stream
     */
    public static HistoryStream lines(Iterator<AttemptBody> attempts) {
        return new HistoryStream(new JsonPieces("", attempts, "\n", attempts.hasNext() ? "\n" : ""));
    }
}
