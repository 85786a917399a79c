package io.renderfleet.http.server;

import io.renderfleet.transport.http.header.Representation;
import io.renderfleet.transport.http.wire.Problem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/** What an {@link Answer} consists of beside its status and headers. */
public sealed interface Body {

    /** Nothing. */
    record None() implements Body {}

    /**
     * Bytes that are there already.
     *
     * @param contentType their media type
     * @param bytes read from their position to their limit, and left untouched
     */
    record Bytes(String contentType, ByteBuffer bytes) implements Body {}

    /**
     * A value as JSON, whatever the client accepts.
     *
     * @param value what is sent
     */
    record Json(JsonText value) implements Body {}

    /**
     * The same in both forms; {@code Accept} decides.
     *
     * @param json what is sent as JSON
     * @param text one line, without its end
     * @param usual what a client gets that has no preference
     */
    record Either(JsonText json, String text, Representation usual) implements Body {}

    /**
     * A problem; in text it is one line.
     *
     * @param problem what is wrong
     * @param text the line, without its end
     * @param usual what a client gets that has no preference
     */
    record Trouble(Problem problem, String text, Representation usual) implements Body {}

    /**
     * A file, streamed from the disk; {@code Range}, {@code If-Range} and {@code If-None-Match} work.
     *
     * @param path a regular file; where it was found to be inside its root is the caller's matter
     * @param contentType its media type
     * @param etag what stands between the quotes of its strong entity tag, or null where the content may still change
     */
    record File(Path path, String contentType, @Nullable String etag) implements Body {}

    /**
     * Content that comes bit by bit, such as events or an archive.
     *
     * @param contentType its media type
     * @param source where it comes from; failed when the client goes away
     */
    record Stream(String contentType, Content.Source source) implements Body {}
}
