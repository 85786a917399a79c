package io.renderfleet.auth.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.ConfigurableJWTProcessor;
import io.renderfleet.auth.TokenBearer;
import io.renderfleet.auth.TokenVerifier;
import java.net.URI;
import java.text.ParseException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recognizes the tokens of one OpenID Connect issuer: signed by one of its keys, for our audience, and not expired.
 *
 * <pre>{@code
 * TokenVerifier tokens = OidcTokens.builder(URI.create("https://login.studio.example/realms/film"), "render")
 *         .roleClaim("realm_access.roles")
 *         .role("artists", Role.SUBMITTER)
 *         .build();
 * }</pre>
 *
 * <p>The issuer is asked for its keys (by {@code /.well-known/openid-configuration}) with the first token, not before, so that a server
 * starts while its issuer is away. Keys are kept for five minutes, and for an hour while the issuer is away; a token that names a key that is
 * not among them has them fetched anew, at most twice in the {@link OidcTokensBuilder#keyPause pause}. Each fetch takes at most seven
 * seconds. Only asymmetric signatures count (RSA and elliptic curves): neither {@code none} nor HMAC. Tokens are never logged. Thread-safe.
 */
public final class OidcTokens implements TokenVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(OidcTokens.class);

    private final IssuerKeys keys;
    private final ConfigurableJWTProcessor<SecurityContext> processor;
    private final ClaimReader claims;

    OidcTokens(IssuerKeys keys, ConfigurableJWTProcessor<SecurityContext> processor, ClaimReader claims) {
        this.keys = keys;
        this.processor = processor;
        this.claims = claims;
    }

    /**
     * Begins to set a verifier up.
     *
     * @param issuer as tokens name it ({@code iss}): an https URL, or an http one of a loopback address
     * @param audience which tokens must name ({@code aud}), such as the client id of the farm
     * @return a builder, not thread-safe
     * @throws IllegalArgumentException if the issuer is no such URL, or the audience is blank
     */
    public static OidcTokensBuilder builder(URI issuer, String audience) {
        return new OidcTokensBuilder(issuer, audience);
    }

    @Override
    public Optional<TokenBearer> verify(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!claims.isFrom(keys.issuer(), jwt)) {
                return Optional.empty();
            }
            JWTClaimsSet verified = processor.process(jwt, null);
            return claims.bearer(token, verified);
        } catch (ParseException | BadJOSEException invalid) {
            LOG.debug("a token is not valid: {}", invalid.getMessage());
        } catch (KeySourceException away) {
            if (away.getCause() == null) {
                LOG.debug("keys were asked for a moment ago");
            } else {
                LOG.warn("a token cannot be verified: {}", away.getMessage());
            }
        } catch (JOSEException wrong) {
            LOG.debug("a token cannot be verified: {}", wrong.getMessage());
        }
        return Optional.empty();
    }
}
