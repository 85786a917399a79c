package io.renderfleet.orchestrator;

import io.renderfleet.http.server.BearerTokens;
import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.Caller;
import io.renderfleet.http.server.Callers;
import io.renderfleet.http.server.HostCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is let in: bearers of tokens, or everybody where there is no token.
 *
 * @param tokens each another one
 * @param anonymous whether it was asked for by name that everybody is let in
 */
record Access(List<AccessToken> tokens, boolean anonymous) {

    Access {
        tokens = List.copyOf(tokens);
        if (tokens.stream().map(AccessToken::value).distinct().count() < tokens.size()) {
            throw new IllegalArgumentException("a token is there twice: each must be another one");
        }
    }

    boolean needsToken() {
        return !tokens.isEmpty();
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

    Callers callers() {
        if (tokens.isEmpty()) {
            return Callers.everybody(new Caller("anybody here", Role.ADMIN.grants()));
        }
        Map<String, Caller> known = new HashMap<>();
        for (AccessToken token : tokens) {
            known.put(token.value(), token.caller(known.size() + 1));
        }
        return new BearerTokens(known);
    }
}
