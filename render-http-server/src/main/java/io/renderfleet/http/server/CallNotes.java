package io.renderfleet.http.server;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What becomes known of a call while it is answered, on whatever threads. Thread-safe. */
final class CallNotes {
    private final Map<String, String> about = new ConcurrentHashMap<>();
    private volatile Caller caller = Caller.NOBODY;
    private volatile Callers callers = call -> Optional.empty();
    private volatile String template = CallObserver.NO_ROUTE;
    private volatile boolean read;
    private volatile boolean routine;

    /** The route has this template. */
    void matched(String path) {
        template = path;
    }

    String template() {
        return template;
    }

    void identified(Caller known, Map<String, String> variables) {
        caller = known;
        about.putAll(variables);
    }

    /** Remembers who has identified the caller, so that an answer that goes on can ask again. */
    void by(Callers who) {
        callers = who;
    }

    boolean stillKnown() {
        return callers.stillKnows(caller);
    }

    void about(String what, String id) {
        about.put(what, id);
    }

    void routine() {
        routine = true;
    }

    void read() {
        read = true;
    }

    Caller caller() {
        return caller;
    }

    boolean hasBeenRead() {
        return read;
    }

    /** Whether an audit log is to hear of it. */
    boolean matters(String method, int status) {
        if (status == 401 || status == 403) {
            return true;
        }
        boolean safe = method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
        return !safe && !(routine && status < 400);
    }

    AuditedCall audited(Call call, String template, int status) {
        return new AuditedCall(
                caller,
                call.method(),
                template,
                about,
                call.client(),
                status,
                call.trace().id());
    }
}
