package io.renderfleet.http.server;

import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import org.eclipse.jetty.http.HttpHeader;

/** What can be wrong with a body as it arrives. The connection is of no more use after that. */
final class BodyFault {
    private BodyFault() {}

    static RefusedException tooLarge(BodyLimit limit) {
        return new RefusedException(ProblemType.TOO_LARGE, "At most " + limit.maxBytes() + " bytes are taken here.");
    }

    static RefusedException tooSlow() {
        return closing(Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time."));
    }

    static RefusedException broken() {
        return closing(Problem.of(
                ProblemType.INVALID_REQUEST,
                "The body ended before it was complete, or is not framed as HTTP wants it."));
    }

    private static RefusedException closing(Problem problem) {
        return new RefusedException(Answer.problem(problem).with(HttpHeader.CONNECTION.asString(), "close"));
    }
}
