package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An error (RFC 9457).
 *
 * @param type {@code urn:renderfleet:problem:…}
 * @param title a few words, the same for all problems of a type
 * @param status the status of the answer
 * @param detail what is wrong this time; no stack trace, absolute path or message of an internal exception
 * @param field which field of the request is wrong; left out where none is
 * @param frames what a job did that has ended, with 409; else left out
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        @Nullable String type,
        @Nullable String title,
        @Nullable Integer status,
        @Nullable String detail,
        @Nullable String field,
        @Nullable String frames) {

    private static final int IMPOSSIBLE = 422;

    /**
     * Makes a problem.
     *
     * @param type of which type
     * @param detail what is wrong this time
     * @return the problem
     */
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type.urn(), type.title(), type.status(), detail, null, null);
    }

    /**
     * Makes the problem of a request that is understood and cannot be done here (422); its type is that of the failure's kind.
     *
     * @param failure why
     * @return the problem
     */
    public static Problem impossible(Failure failure) {
        String kind = failure.kind().name();
        String title =
                kind.charAt(0) + kind.substring(1).toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Problem(ProblemType.urn(kind), title, IMPOSSIBLE, failure.message(), null, null);
    }

    /**
     * Names the field that is wrong.
     *
     * @param name the field, or null
     * @return a changed copy
     */
    public Problem withField(@Nullable String name) {
        return new Problem(type, title, status, detail, name, frames);
    }

    /**
     * Lists what a job did that has ended.
     *
     * @param finished the text form of the frames
     * @return a changed copy
     */
    public Problem withFrames(String finished) {
        return new Problem(type, title, status, detail, field, finished);
    }

    /**
     * Returns whether this is a problem of some type.
     *
     * @param other the type
     * @return true if it is
     */
    public boolean is(ProblemType other) {
        return other.urn().equals(type);
    }

    /**
     * Reads the kind of failure out of the type.
     *
     * @return the kind of that name, or {@link FailureKind#UNKNOWN}
     */
    public FailureKind failureKind() {
        if (type == null || !type.startsWith(ProblemType.PREFIX)) {
            return FailureKind.UNKNOWN;
        }
        String name = type.substring(ProblemType.PREFIX.length());
        return FailureKind.fromWire(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
