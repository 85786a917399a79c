package io.renderfleet.auth.oidc;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.renderfleet.auth.Role;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Sets {@link OidcTokens} up. Not thread-safe. */
public final class OidcTokensBuilder {
    private static final Set<String> REQUIRED = Set.of("iss", "aud", "exp");

    private final URI issuer;
    private final String audience;
    private final Map<String, Role> roles = new HashMap<>();
    private String roleClaim = "roles";
    private String ownerClaim = "preferred_username";
    private Duration clockSkew = Duration.ofSeconds(60);
    private Duration keyPause = Duration.ofSeconds(30);
    private InstantSource clock = InstantSource.system();

    OidcTokensBuilder(URI issuer, String audience) {
        this.issuer = SecureUrl.check("the issuer", issuer);
        if (audience.isBlank()) {
            throw new IllegalArgumentException("the audience is blank: it must be what tokens name as aud");
        }
        this.audience = audience;
    }

    /**
     * Sets which claim says what the bearer may do.
     *
     * @param claim its name, or the names with dots that lead to it, such as {@code realm_access.roles}; default {@code roles}
     * @return this builder
     */
    public OidcTokensBuilder roleClaim(String claim) {
        roleClaim = claim;
        return this;
    }

    /**
     * Says what a value of the role claim stands for. Without any such rule the values are names of roles, such as {@code submitter}. Of
     * several roles that which includes most counts; a token without any is known and may do nothing.
     *
     * @param value as the claim has it, such as a group
     * @param role what it stands for
     * @return this builder
     */
    public OidcTokensBuilder role(String value, Role role) {
        roles.put(value, role);
        return this;
    }

    /**
     * Sets which claim names the owner.
     *
     * @param claim as for {@link #roleClaim}; default {@code preferred_username}
     * @return this builder
     */
    public OidcTokensBuilder ownerClaim(String claim) {
        ownerClaim = claim;
        return this;
    }

    /**
     * Sets by how much the issuer's clock may differ from ours.
     *
     * @param value from 0 to 10 minutes, in whole seconds; default 60 s
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public OidcTokensBuilder clockSkew(Duration value) {
        if (value.isNegative() || value.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("the clock skew is " + value + ": it must be from 0 to 10 minutes");
        }
        clockSkew = value;
        return this;
    }

    /**
     * Sets how often tokens with unknown keys may have the issuer's keys fetched anew: twice in each pause.
     *
     * @param value from 1 ms to 4 minutes; default 30 s
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public OidcTokensBuilder keyPause(Duration value) {
        if (value.toMillis() < 1 || value.compareTo(Duration.ofMinutes(4)) > 0) {
            throw new IllegalArgumentException(
                    "the pause between keys is " + value + ": it must be from 1 ms to 4 minutes");
        }
        keyPause = value;
        return this;
    }

    /**
     * Sets the clock that tokens expire by.
     *
     * @param value default that of the system
     * @return this builder
     */
    public OidcTokensBuilder clock(InstantSource value) {
        clock = value;
        return this;
    }

    /**
     * Makes the verifier; the issuer is not asked yet.
     *
     * @return a new verifier
     */
    public OidcTokens build() {
        IssuerKeys keys = new IssuerKeys(issuer, keyPause, clock);
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"), null));
        Set<JWSAlgorithm> algorithms = new HashSet<>(JWSAlgorithm.Family.RSA);
        algorithms.addAll(JWSAlgorithm.Family.EC);
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        Verifier verifier = new Verifier(issuer.toString(), audience, clock);
        verifier.setMaxClockSkew((int) clockSkew.toSeconds());
        processor.setJWTClaimsSetVerifier(verifier);
        return new OidcTokens(keys, processor, new ClaimReader(ownerClaim, roleClaim, roles));
    }

    /** Checks the claims by our own clock. */
    private static final class Verifier extends DefaultJWTClaimsVerifier<SecurityContext> {
        private final InstantSource clock;

        Verifier(String issuer, String audience, InstantSource clock) {
            super(audience, new JWTClaimsSet.Builder().issuer(issuer).build(), REQUIRED);
            this.clock = clock;
        }

        @Override
        protected Date currentTime() {
            return Date.from(clock.instant());
        }
    }
}
