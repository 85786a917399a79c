package io.renderfleet.http.server;

import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.util.Collection;
import java.util.Objects;
import java.util.TreeSet;

/**
 * Ends a call early with an answer, from however deep inside the reading of a request. It carries no stack trace: it is not a
 * fault of ours.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    /**
     * Refuses with an answer of any kind.
     *
     * @param answer what the client gets
     */
    public RefusedException(Answer answer) {
        super("refused with status " + answer.status(), null, false, false);
        this.answer = Objects.requireNonNull(answer);
    }

    /**
     * Refuses with a problem.
     *
     * @param problem what is wrong
     */
    public RefusedException(Problem problem) {
        this(Answer.problem(problem));
    }

    /**
     * Refuses with a problem of a known type.
     *
     * @param type of which type
     * @param detail what is wrong this time
     */
    public RefusedException(ProblemType type, String detail) {
        this(Problem.of(type, detail));
    }

    /**
     * Refuses because the caller may not do that.
     *
     * @param roles one of which the caller would need
     * @return a 403
     */
    public static RefusedException needing(Collection<String> roles) {
        return new RefusedException(
                ProblemType.FORBIDDEN, "This call needs the role " + String.join(" or ", new TreeSet<>(roles)) + ".");
    }

    /**
     * Returns what the client gets.
     *
     * @return the answer
     */
    public Answer answer() {
        return answer;
    }
}
