package io.renderfleet.orchestrator;

import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenBearer;
import io.renderfleet.auth.TokenVerifier;
import io.renderfleet.http.server.BearerTokens;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Caller;
import io.renderfleet.http.server.Callers;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Recognizes callers by tokens of all kinds that an orchestrator was given. Thread-safe. */
final class TokenCallers implements Callers {
    private final BearerTokens tokens;
    private final List<TokenVerifier> verifiers;
    private final InstantSource clock;

    TokenCallers(List<AccessToken> tokens, List<TokenVerifier> verifiers, InstantSource clock) {
        Map<String, Caller> known = new HashMap<>();
        for (AccessToken token : tokens) {
            known.put(token.value(), caller(token.bearer(known.size() + 1)));
        }
        this.tokens = new BearerTokens(known);
        this.verifiers = verifiers;
        this.clock = clock;
    }

    @Override
    public Optional<Caller> identify(Call call) {
        return Callers.bearerToken(call).filter(token -> !token.isEmpty()).flatMap(this::bearer);
    }

    private Optional<Caller> bearer(String token) {
        return tokens.bearer(token)
                .or(() -> verifiers.stream()
                        .flatMap(verifier -> verifier.verify(token).stream())
                        .findFirst()
                        .map(TokenCallers::caller));
    }

    @Override
    public boolean stillKnows(Caller caller) {
        Caller.Credential credential = caller.credential();
        if (credential == null) {
            return true;
        }
        boolean expired = credential.expires() != null && !clock.instant().isBefore(credential.expires());
        return !expired && verifiers.stream().noneMatch(verifier -> verifier.isRevoked(credential.id()));
    }

    private static Caller caller(TokenBearer bearer) {
        return new Caller(
                bearer.owner() == null ? bearer.credential() : bearer.owner(),
                grants(bearer.role()),
                bearer.owner(),
                new Caller.Credential(bearer.credential(), bearer.expires()));
    }

    /** The names of all roles that a role includes; none without one. */
    static Set<String> grants(@Nullable Role role) {
        return role == null ? Set.of() : RouteRoles.names(role.grants().toArray(Role[]::new));
    }
}
