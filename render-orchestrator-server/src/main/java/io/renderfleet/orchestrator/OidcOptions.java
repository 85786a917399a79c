package io.renderfleet.orchestrator;

import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenVerifier;
import io.renderfleet.auth.oidc.OidcTokens;
import io.renderfleet.auth.oidc.OidcTokensBuilder;
import io.renderfleet.http.server.cli.Flags;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags about an OpenID Connect issuer whose tokens let people in. */
final class OidcOptions {
    @Option(
            names = "--oidc-issuer",
            paramLabel = "URL",
            description = "Lets in who sends a signed token of this OpenID Connect issuer; https, or http on loopback.")
    private @Nullable URI issuer;

    @Option(
            names = "--oidc-audience",
            paramLabel = "NAME",
            description = "Which audience such a token must be for; needed with --oidc-issuer.")
    private @Nullable String audience;

    @Option(
            names = "--oidc-role-claim",
            defaultValue = "roles",
            paramLabel = "CLAIM",
            description = "Which claim says the role; a path has dots, such as realm_access.roles (default:"
                    + " ${DEFAULT-VALUE}).")
    private String roleClaim = "roles";

    @Option(
            names = "--oidc-role",
            paramLabel = "VALUE=ROLE",
            description =
                    "Which role a value of that claim stands for, such as artists=submitter; repeatable. Without it"
                            + " the values are names of roles.")
    private List<String> roles = new ArrayList<>();

    @Option(
            names = "--oidc-owner-claim",
            defaultValue = "preferred_username",
            paramLabel = "CLAIM",
            description = "Which claim names the owner of jobs (default: ${DEFAULT-VALUE}).")
    private String ownerClaim = "preferred_username";

    @Option(
            names = "--oidc-clock-skew",
            defaultValue = "60",
            paramLabel = "SECONDS",
            description = "By how much the issuer's clock may differ (default: ${DEFAULT-VALUE}).")
    private int clockSkew;

    boolean isWanted() {
        return issuer != null;
    }

    /**
     * Checks all of them.
     *
     * @throws IllegalArgumentException if one is wrong, in one sentence
     */
    void check() {
        Flags.requireWithin("--oidc-clock-skew", clockSkew, 0, 600);
        if ((issuer == null) != (audience == null)) {
            throw new IllegalArgumentException("--oidc-issuer and --oidc-audience need each other");
        }
        var unused = verifier();
    }

    /** Makes what recognizes such tokens, if that is wanted. */
    Optional<TokenVerifier> verifier() {
        if (issuer == null || audience == null) {
            return Optional.empty();
        }
        OidcTokensBuilder tokens = builder(issuer, audience)
                .roleClaim(roleClaim)
                .ownerClaim(ownerClaim)
                .clockSkew(Duration.ofSeconds(clockSkew));
        roles.forEach(rule -> add(rule, tokens));
        return Optional.of(tokens.build());
    }

    private static OidcTokensBuilder builder(URI issuer, String audience) {
        try {
            return OidcTokens.builder(issuer, audience);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--oidc-issuer, --oidc-audience: " + wrong.getMessage(), wrong);
        }
    }

    private static void add(String rule, OidcTokensBuilder tokens) {
        int equals = rule.lastIndexOf('=');
        Role role = equals < 1 ? null : Role.of(rule.substring(equals + 1)).orElse(null);
        if (role == null) {
            throw new IllegalArgumentException("--oidc-role is '" + rule
                    + "': it must be VALUE=ROLE, such as artists=submitter, with one of " + Role.names());
        }
        tokens.role(rule.substring(0, equals), role);
    }
}
