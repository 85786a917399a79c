package io.renderfleet.transport.http.wire;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of problem that a server can answer with (RFC 9457, section 3.1.1), each with its status.
 *
 * <p>What is understood but impossible (422) has in most cases the type of its failure kind: see {@link Problem#impossible}.
 */
public enum ProblemType {
    /** The request is wrong by itself. */
    INVALID_REQUEST(400, "The request is not valid"),
    /** No token, or a wrong one. */
    UNAUTHORIZED(401, "A valid token is needed"),
    /** The token does not allow this. */
    FORBIDDEN(403, "This is not allowed"),
    /** A page of another site has a browser call. */
    CROSS_ORIGIN(403, "Calls from pages of other sites are not taken"),
    /** There is no such thing. */
    NOT_FOUND(404, "Not found"),
    /** The path cannot be asked in this way. */
    METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
    /** The client was too slow. */
    REQUEST_TIMEOUT(408, "The request did not arrive in time"),
    /** A newer coordinator of the farm exists. */
    STALE_EPOCH(409, "A newer coordinator exists"),
    /** The job has ended. */
    JOB_ENDED(409, "The job has ended"),
    /** Another node has that id. */
    NODE_ID_TAKEN(409, "The node id is in use"),
    /** No frame of the job is missing. */
    NOTHING_TO_RETRY(409, "Nothing is to be tried again"),
    /** A body without its length where one is needed. */
    LENGTH_REQUIRED(411, "A Content-Length is needed"),
    /** The body is too long. */
    TOO_LARGE(413, "The body is too large"),
    /** The body is not JSON. */
    UNSUPPORTED_MEDIA_TYPE(415, "The body must be application/json"),
    /** The file has no such bytes. */
    RANGE_NOT_SATISFIABLE(416, "No such range"),
    /** The host is not this server's. */
    MISDIRECTED(421, "This server does not answer for that host"),
    /** The same idempotency key with another body. */
    KEY_REUSED(422, "The idempotency key was used with another body"),
    /** The content is not what its digest says. */
    DIGEST_MISMATCH(422, "The content does not have that digest"),
    /** A job that the request names is not known here. */
    UNKNOWN_JOB(422, "A named job is not known"),
    /** The job has more frames than this server takes. */
    TOO_MANY_FRAMES(422, "Too many frames for one job"),
    /** The server lacks the scene. */
    SCENE_NOT_HERE(422, "The scene is not here"),
    /** Too many calls. */
    RATE_LIMITED(429, "Too many calls"),
    /** The header is too long. */
    HEADER_TOO_LARGE(431, "The header is too large"),
    /** A fault of the server itself. */
    INTERNAL_ERROR(500, "Internal error"),
    /** All slots are in use. */
    SLOTS_TAKEN(503, "All slots are taken"),
    /** The node takes no more work. */
    DRAINING(503, "The node is draining"),
    /** No more jobs can be remembered for now. */
    TABLE_FULL(503, "No more jobs can be remembered"),
    /** No more clients can listen to events. */
    STREAMS_FULL(503, "No more clients can listen"),
    /** The store of jobs is down. */
    STORE_DOWN(503, "The store is down"),
    /** The node that has what is asked for does not answer. */
    NODE_UNREACHABLE(503, "The node does not answer"),
    /** No room for the scene. */
    QUOTA_EXCEEDED(507, "The quota is used up");

    /** What begins the type of every problem. */
    public static final String PREFIX = "urn:renderfleet:problem:";

    private final int status;
    private final String title;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /**
     * Returns the type.
     *
     * @return such as {@code urn:renderfleet:problem:slots-taken}
     */
    public String urn() {
        return urn(name());
    }

    /**
     * Returns the status to answer with.
     *
     * @return 400 to 599
     */
    public int status() {
        return status;
    }

    /**
     * Returns the title.
     *
     * @return a few words
     */
    public String title() {
        return title;
    }

    /**
     * Reads a type.
     *
     * @param urn any text, or null
     * @return the type, or empty for one that this version does not know
     */
    public static Optional<ProblemType> fromUrn(@Nullable String urn) {
        for (ProblemType type : values()) {
            if (type.urn().equals(urn)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static String urn(String constant) {
        return PREFIX + constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
