package io.renderfleet.orchestrator;

import io.renderfleet.auth.Role;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody who tries every call.
 *
 * @param name for the test's name
 * @param authorization the header, or empty for none
 * @param known whether the token is valid
 * @param role what it may do
 * @param isStranger whether the jobs and the node that the test calls about are somebody else's
 */
record MatrixCaller(
        String name, Optional<String> authorization, boolean known, Optional<Role> role, boolean isStranger) {

    static MatrixCaller unknown(String name, String authorization) {
        return new MatrixCaller(
                name, Optional.of(authorization).filter(text -> !text.isEmpty()), false, Optional.empty(), false);
    }

    static MatrixCaller with(String name, String token, Role role, boolean stranger) {
        return new MatrixCaller(name, Optional.of("Bearer " + token), true, Optional.of(role), stranger);
    }

    Set<String> grants() {
        return TokenCallers.grants(role.orElse(null));
    }
}
