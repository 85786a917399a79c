package io.renderfleet.http.server;

import java.util.Optional;

/** Identifies the caller of a call. Thread-safe. */
@FunctionalInterface
public interface Callers {
    /**
     * Identifies the caller by what the request bears.
     *
     * @param call whose headers are looked at
     * @return who it is, or empty for a 401
     */
    Optional<Caller> identify(Call call);

    /**
     * Lets everybody in.
     *
     * @param caller who everybody is
     * @return callers that never refuse
     */
    static Callers everybody(Caller caller) {
        return call -> Optional.of(caller);
    }
}
