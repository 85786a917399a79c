package io.renderfleet.http.server;

import java.util.Map;

/**
 * A call as an {@link AuditLog} sees it. It has no token, no body and no header. Immutable.
 *
 * @param caller who called; {@link Caller#NOBODY} where nobody was recognized
 * @param method such as {@code POST}
 * @param template of the route, such as {@code /jobs/{id}/pause}, or {@link CallObserver#NO_ROUTE}
 * @param about which things the call was about: the variables of the path, and what the endpoint has named, such as {@code job}
 * @param client the address from which the call came
 * @param status of the answer
 * @param trace ties the call to other log lines
 */
public record AuditedCall(
        Caller caller,
        String method,
        String template,
        Map<String, String> about,
        String client,
        int status,
        String trace) {
    /** Copies the map. */
    public AuditedCall {
        about = Map.copyOf(about);
    }
}
