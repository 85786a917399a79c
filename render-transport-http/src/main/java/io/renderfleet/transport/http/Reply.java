package io.renderfleet.transport.http;

import io.renderfleet.core.model.NodeId;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.RetryAfter;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Wire;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** What came of a call. */
sealed interface Reply {

    /**
     * No whole answer.
     *
     * @param cause what went wrong, in words for an operator
     * @param maybeArrived false only if the request certainly did not reach the node
     */
    record Silence(String cause, boolean maybeArrived) implements Reply {}

    /** A whole answer. */
    final class Answer implements Reply {
        private static final int MAX_WORDS = 500;
        private static final Pattern ONE_LINE = Pattern.compile("[^<\\v]+");

        private final URI uri;
        private final int status;
        private final HttpFields headers;
        private final byte[] body;

        Answer(URI uri, int status, HttpFields headers, byte[] body) {
            this.uri = uri;
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        /** What was asked in the end, after redirects. */
        URI uri() {
            return uri;
        }

        int status() {
            return status;
        }

        /** The body; empty where it went elsewhere. */
        byte[] body() {
            return body;
        }

        @Nullable String header(String name) {
            return headers.get(name);
        }

        /** Several fields of one name mean the same as one with commas (RFC 9110, section 5.3). */
        String joined(String name) {
            return String.join(",", headers.getValuesList(name));
        }

        /** Who answered, where it says so in a way that makes sense. */
        @Nullable NodeId nodeId() {
            try {
                String id = header(Headers.NODE_ID);
                return id == null ? null : new NodeId(id.strip());
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        @Nullable Duration retryAfter(Instant now) {
            return RetryAfter.parse(header(Headers.RETRY_AFTER), now).orElse(null);
        }

        <T> Optional<T> json(Class<T> type) {
            return Wire.readAnswer(body, type);
        }

        Optional<Problem> problem() {
            return json(Problem.class);
        }

        boolean is(ProblemType type) {
            return problem().filter(problem -> problem.is(type)).isPresent();
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /**
         * A page for people is no answer of a node, whatever its status. One line without markup is none, whatever its type: what
         * Express sends as a text has the type {@code text/html}, and the simplest node may be written with it.
         */
        boolean isPage() {
            String type = header(Headers.CONTENT_TYPE);
            String text = text().strip();
            boolean html = type != null && type.contains("html");
            return text.startsWith("<") || (html && !ONE_LINE.matcher(text).matches());
        }

        /** What the answer says is wrong, in one line that can be logged. */
        String words() {
            String said = problem().map(Problem::detail).orElseGet(() -> isPage() ? "" : text());
            String line = said.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
            String shortened = line.length() > MAX_WORDS ? line.substring(0, MAX_WORDS) + "…" : line;
            return "it answered " + status + (shortened.isEmpty() ? "" : ": " + shortened);
        }
    }
}
