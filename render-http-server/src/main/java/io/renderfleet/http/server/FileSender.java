package io.renderfleet.http.server;

import io.renderfleet.transport.http.header.EntityTags;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.ByteRange;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IO;
import org.jspecify.annotations.Nullable;

/** Sends a file or one range of it (RFC 9110, sections 13 and 14). Several ranges at once are answered with the whole file. */
final class FileSender {
    private static final int BUFFER = 64 << 10;
    private static final String RANGE_OF_BYTES = "(?:\\d{1,18}-\\d{0,18}|-\\d{1,18})";
    private static final Pattern RANGE =
            Pattern.compile("bytes=" + RANGE_OF_BYTES + "(?:\\s*,\\s*" + RANGE_OF_BYTES + ")*+");

    private final Call call;
    private final Request request;
    private final Response response;
    private final Body.File file;

    FileSender(Call call, Response response, Body.File file) {
        this.call = call;
        this.request = call.request();
        this.response = response;
        this.file = file;
    }

    /**
     * Sends it; status and headers that go with every answer are set already.
     *
     * @throws IOException if it is no regular file or cannot be opened; nothing has been sent then
     */
    void send(Callback callback) throws IOException {
        if (!Files.isRegularFile(file.path(), LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(file.path().toString());
        }
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.ACCEPT_RANGES, "bytes");
        String etag = file.etag();
        if (etag != null) {
            headers.put(HttpHeader.ETAG, EntityTags.strong(etag));
            if (call.known().filter(known -> known.match(etag)).isPresent()) {
                response.setStatus(304);
                response.write(true, null, callback);
                return;
            }
        }
        SeekableByteChannel channel =
                Files.newByteChannel(file.path(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        try {
            send(channel, channel.size(), callback);
        } catch (IOException | RuntimeException failure) {
            IO.close(channel);
            throw failure;
        }
    }

    private void send(SeekableByteChannel channel, long size, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        List<String> asked = request.getHeaders().getValuesList(HttpHeader.RANGE);
        @Nullable ByteRange range = null;
        if (isReadable(asked) && request.getMethod().equals("GET") && rangeStillValid()) {
            List<ByteRange> ranges = ByteRange.parse(asked, size);
            if (ranges.isEmpty()) {
                IO.close(channel);
                response.setStatus(416);
                headers.put(HttpHeader.CONTENT_RANGE, ByteRange.toNonSatisfiableHeaderValue(size));
                response.write(true, null, callback);
                return;
            }
            range = ranges.size() == 1 ? ranges.get(0) : null;
        }
        long first = 0;
        long length = size;
        if (range != null) {
            response.setStatus(206);
            headers.put(HttpHeader.CONTENT_RANGE, range.toHeaderValue(size));
            first = range.first();
            length = range.getLength();
        }
        headers.put(HttpHeader.CONTENT_TYPE, file.contentType());
        headers.put(HttpHeader.CONTENT_LENGTH, length);
        if (request.getMethod().equals("HEAD") || length == 0) {
            IO.close(channel);
            response.write(true, null, callback);
            return;
        }
        ByteBufferPool.Sized pool =
                new ByteBufferPool.Sized(request.getComponents().getByteBufferPool(), true, BUFFER);
        Content.copy(Content.Source.from(pool, channel, first, length), response, closing(channel, callback));
    }

    private boolean rangeStillValid() {
        String condition = request.getHeaders().get(HttpHeader.IF_RANGE);
        return condition == null || (file.etag() != null && condition.equals(EntityTags.strong(file.etag())));
    }

    /** A range that cannot be read counts as none (RFC 9110, section 14.2). */
    private static boolean isReadable(List<String> asked) {
        return asked.size() == 1 && RANGE.matcher(asked.get(0)).matches();
    }

    private static Callback closing(SeekableByteChannel channel, Callback callback) {
        return Callback.from(callback, () -> IO.close(channel));
    }
}
