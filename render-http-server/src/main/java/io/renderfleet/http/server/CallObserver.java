package io.renderfleet.http.server;

import java.time.Duration;

/** Hears of every call that was answered, such as for statistics. Called on Jetty's threads; must be quick and not throw. */
@FunctionalInterface
public interface CallObserver {
    /** Hears nothing. */
    CallObserver NONE = (method, template, status, took) -> {};

    /** What stands for the template of a call that no route matched. */
    String NO_ROUTE = "none";

    /**
     * A call has its answer, which is about to be sent.
     *
     * @param method of the call as the client wrote it, which may be anything
     * @param template of its route such as {@code /job/{id}}, or {@link #NO_ROUTE}: never what clients make up
     * @param status of the answer
     * @param took from the arrival of the headers on; a held poll takes as long as it is held
     */
    void answered(String method, String template, int status, Duration took);
}
