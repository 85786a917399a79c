package io.renderfleet.transport.http.wire;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a request by itself (status 400).
 *
 * @param field which field, such as {@code from} or {@code settings.samples}; null for the body as a whole
 * @param detail one sentence with the field, its value and what would be right
 */
public record BadRequest(@Nullable String field, String detail) {

    /**
     * Makes the body to answer with.
     *
     * @return a problem of status 400
     */
    public Problem toProblem() {
        return Problem.of(ProblemType.INVALID_REQUEST, detail).withField(field);
    }
}
