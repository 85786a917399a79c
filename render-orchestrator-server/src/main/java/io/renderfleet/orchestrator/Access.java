package io.renderfleet.orchestrator;

import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenVerifier;
import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.Caller;
import io.renderfleet.http.server.Callers;
import io.renderfleet.http.server.HostCheck;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Who is let in: bearers of tokens, or everybody where there are none.
 *
 * @param tokens that are given one by one, each another one
 * @param verifiers recognize tokens of other kinds
 * @param anonymous whether it was asked for by name that everybody is let in
 */
record Access(List<AccessToken> tokens, List<TokenVerifier> verifiers, boolean anonymous) {

    Access {
        tokens = List.copyOf(tokens);
        verifiers = List.copyOf(verifiers);
        if (tokens.stream().map(AccessToken::value).distinct().count() < tokens.size()) {
            throw new IllegalArgumentException("a token is there twice: each must be another one");
        }
    }

    boolean needsToken() {
        return !tokens.isEmpty() || !verifiers.isEmpty();
    }

    /** Refuses to let everybody in on an address that others can reach without having been asked to, and tokens that they could read. */
    void requireFor(Binding binding) {
        if (needsToken()) {
            binding.requireTokensAreSafe();
        } else if (!anonymous && !HostCheck.isLoopback(binding.host())) {
            throw new IllegalArgumentException("host is '" + binding.host()
                    + "', which others can reach: set a token, or allow anonymous access by name");
        }
    }

    /**
     * Makes what recognizes callers.
     *
     * @param nodes recognizes nodes that have registered, by their own keys
     */
    Callers callers(TokenVerifier nodes) {
        if (!needsToken()) {
            return Callers.everybody(new Caller("anybody here", TokenCallers.grants(Role.ADMIN)));
        }
        List<TokenVerifier> all = new ArrayList<>(verifiers);
        all.add(nodes);
        return new TokenCallers(tokens, all, InstantSource.system());
    }
}
