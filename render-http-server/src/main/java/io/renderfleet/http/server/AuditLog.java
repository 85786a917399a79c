package io.renderfleet.http.server;

/**
 * Takes down who has changed something, and who was refused. Thread-safe.
 *
 * <p>It hears of every call whose method changes something (all but GET, HEAD and OPTIONS) and of every answer 401 and 403, on the thread
 * that sends the answer, before the client gets it. Calls that an endpoint has marked as {@link Call#routine()} are left out if they succeed.
 */
@FunctionalInterface
public interface AuditLog {
    /** Takes down nothing. */
    AuditLog NONE = call -> {};

    /**
     * Takes a call down. It must not throw.
     *
     * @param call what was asked, by whom, and with which result
     */
    void record(AuditedCall call);
}
