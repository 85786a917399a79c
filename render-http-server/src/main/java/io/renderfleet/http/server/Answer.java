package io.renderfleet.http.server;

import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.Representation;
import io.renderfleet.transport.http.header.RetryAfter;
import io.renderfleet.transport.http.wire.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP answer as a value. Immutable, except that a {@link Body.Stream} can be sent once.
 *
 * @param status the HTTP status
 * @param headers beyond those that the router adds to every answer; they win over the router's
 * @param body the content
 */
public record Answer(int status, HttpFields headers, Body body) {
    /** Makes the headers unchangeable. */
    public Answer {
        headers = headers.asImmutable();
    }

    /**
     * Answers without content.
     *
     * @param status the HTTP status
     * @return the answer
     */
    public static Answer empty(int status) {
        return new Answer(status, HttpFields.EMPTY, new Body.None());
    }

    /**
     * Answers in JSON.
     *
     * @param status the HTTP status
     * @param value a record of the wire, or a map
     * @return the answer
     */
    public static Answer json(int status, Object value) {
        return new Answer(status, HttpFields.EMPTY, new Body.Json(new JsonText(value)));
    }

    /**
     * Answers in JSON or in text, as {@code Accept} says.
     *
     * @param status the HTTP status
     * @param json a record of the wire, or a map
     * @param text one line, without its end
     * @param usual what a client gets that has no preference
     * @return the answer
     */
    public static Answer either(int status, Object json, String text, Representation usual) {
        return new Answer(status, HttpFields.EMPTY, new Body.Either(new JsonText(json), text, usual));
    }

    /**
     * Answers with text.
     *
     * @param status the HTTP status
     * @param contentType its media type, {@code text/…} in UTF-8
     * @param text all of it
     * @return the answer
     */
    public static Answer text(int status, String contentType, String text) {
        return new Answer(
                status,
                HttpFields.EMPTY,
                new Body.Bytes(contentType, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    /**
     * Answers with a problem, by default in JSON.
     *
     * @param problem what is wrong; it has a status
     * @return the answer
     */
    public static Answer problem(Problem problem) {
        return problem(problem, problem.title() + ": " + problem.detail(), Representation.JSON);
    }

    /**
     * Answers with a problem that has a line of its own.
     *
     * @param problem what is wrong
     * @param text the line for clients that prefer text
     * @param usual what a client gets that has no preference
     * @return the answer
     */
    public static Answer problem(Problem problem, String text, Representation usual) {
        return new Answer(
                Objects.requireNonNull(problem.status()), HttpFields.EMPTY, new Body.Trouble(problem, text, usual));
    }

    /**
     * Answers with a file, or with the part of it that {@code Range} asks for.
     *
     * @param path a regular file
     * @param contentType its media type
     * @param etag what stands between the quotes of its strong entity tag, or null where the content may still change
     * @return the answer, with status 200 until it turns out to be 206, 304 or 416
     */
    public static Answer file(Path path, String contentType, @Nullable String etag) {
        return new Answer(200, HttpFields.EMPTY, new Body.File(path, contentType, etag));
    }

    /**
     * Answers with content that comes bit by bit.
     *
     * @param contentType its media type
     * @param source where it comes from
     * @return the answer, with status 200
     */
    public static Answer stream(String contentType, Content.Source source) {
        return new Answer(200, HttpFields.EMPTY, new Body.Stream(contentType, source));
    }

    /**
     * Sets a header, replacing what it was.
     *
     * @param name of the header
     * @param value of the header
     * @return an answer that has it
     */
    public Answer with(String name, String value) {
        return new Answer(status, HttpFields.build(headers).put(name, value), body);
    }

    /**
     * Returns when to come back: in whole seconds, rounded up, from 1 to 60.
     *
     * @param delay how long it will probably take
     * @return an answer that says so
     */
    public Answer retryAfter(Duration delay) {
        return with(Headers.RETRY_AFTER, RetryAfter.format(delay));
    }

    /**
     * Gives it as what an {@link Endpoint} returns.
     *
     * @return a stage that is complete
     */
    public CompletionStage<Answer> now() {
        return CompletableFuture.completedFuture(this);
    }
}
