package io.renderfleet.http.server;

import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.Representation;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Sends answers. Immutable. */
final class AnswerWriter {
    private static final String REQUEST_ID = "Request-Id";
    private static final BodyLimit UNREAD = new BodyLimit(16 << 20, Duration.ofSeconds(5), 1 << 20);

    private final HttpField[] common;

    AnswerWriter(HttpFields common) {
        this.common = common.stream()
                .map(field -> new PreEncodedHttpField(field.getHeader(), field.getName(), field.getValue()))
                .toArray(HttpField[]::new);
    }

    /**
     * Sends an answer. Where nobody has read the body that goes with the request, this waits until it has arrived, within bounds: were
     * the connection closed on a client that still sends, the answer would be lost on its way.
     */
    void send(Call call, Answer answer, Response response, Callback callback) {
        boolean consumed = call.hasBeenRead() && answer.status() != 413;
        boolean announced = call.request().getHeaders().contains(HttpHeader.EXPECT);
        boolean endless = call.contentLength()
                .filter(length -> length > UNREAD.maxBytes())
                .isPresent();
        if (consumed || announced || endless) {
            write(call, answer, response, callback);
        } else {
            CompletionStage<Long> discarded =
                    BodyReader.read(call.request(), UNREAD, buffer -> buffer.position(buffer.limit()));
            discarded.whenComplete((count, failure) -> write(call, answer, response, callback));
        }
    }

    private void write(Call call, Answer answer, Response response, Callback callback) {
        try {
            response.setStatus(answer.status());
            HttpFields.Mutable headers = response.getHeaders();
            HttpFields own = answer.headers();
            own.forEach(field -> headers.remove(field.getName()));
            for (HttpField field : common) {
                if (!own.contains(field.getName())) {
                    headers.put(field);
                }
            }
            own.forEach(headers::add);
            if (!own.contains(REQUEST_ID)) {
                headers.put(REQUEST_ID, call.trace().id());
            }
            content(call, answer, response, callback);
        } catch (IOException | RuntimeException failure) {
            callback.failed(failure);
        }
    }

    private void content(Call call, Answer answer, Response response, Callback callback) throws IOException {
        Body body = answer.body();
        if (body instanceof Body.None) {
            response.write(true, null, callback);
        } else if (body instanceof Body.Bytes bytes) {
            bytes(response, bytes.contentType(), bytes.bytes().slice(), callback);
        } else if (body instanceof Body.Json value) {
            bytes(response, Headers.JSON, value.value().bytes(), callback);
        } else if (body instanceof Body.Either either) {
            vary(response);
            if (wants(call, either.usual()) == Representation.TEXT) {
                bytes(response, Headers.TEXT, line(either.text()), callback);
            } else {
                bytes(response, Headers.JSON, either.json().bytes(), callback);
            }
        } else if (body instanceof Body.Trouble trouble) {
            vary(response);
            if (wants(call, trouble.usual()) == Representation.TEXT) {
                bytes(response, Headers.TEXT, line(trouble.text()), callback);
            } else {
                bytes(response, Headers.PROBLEM_JSON, ByteBuffer.wrap(Wire.write(trouble.problem())), callback);
            }
        } else if (body instanceof Body.File file) {
            file(call, file, response, callback);
        } else if (body instanceof Body.Stream stream && call.method().equals("HEAD")) {
            stream.source().fail(new IOException("only the headers were asked for"));
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, stream.contentType());
            response.write(true, null, callback);
        } else if (body instanceof Body.Stream stream) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, stream.contentType());
            Content.copy(stream.source(), response, callback);
        }
    }

    private void file(Call call, Body.File file, Response response, Callback callback) throws IOException {
        try {
            new FileSender(call, response, file).send(callback);
        } catch (NoSuchFileException gone) {
            response.getHeaders().remove(HttpHeader.ETAG).remove(HttpHeader.ACCEPT_RANGES);
            write(
                    call,
                    Answer.problem(Problem.of(ProblemType.NOT_FOUND, "The file is not there any more.")),
                    response,
                    callback);
        }
    }

    private static void bytes(Response response, String contentType, ByteBuffer bytes, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.remaining());
        response.write(true, bytes, callback);
    }

    private static void vary(Response response) {
        if (!response.getHeaders().contains(HttpHeader.VARY)) {
            response.getHeaders().put(new HttpField(HttpHeader.VARY, "Accept"));
        }
    }

    private static Representation wants(Call call, Representation usual) {
        return Representation.negotiate(call.joined(Headers.ACCEPT), usual);
    }

    private static ByteBuffer line(String text) {
        return ByteBuffer.wrap((text.replaceAll("\\p{Cntrl}", " ") + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
