package io.renderfleet.auth.oidc;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of an issuer, found by its metadata (OpenID Connect Discovery 1.0, section 4) when they are first needed. Thread-safe. */
final class IssuerKeys implements JWKSource<SecurityContext> {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 5_000;
    private static final int MAX_BYTES = 512 << 10;
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Duration REFRESH = Duration.ofSeconds(10);
    private static final Duration OUTAGE = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final URI issuer;
    private final Duration pause;
    private final InstantSource clock;
    private final ResourceRetriever web = new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, MAX_BYTES);
    private @Nullable JWKSource<SecurityContext> found;
    private Instant notBefore = Instant.MIN;

    /**
     * @param issuer whose keys they are
     * @param pause in which unknown keys have them fetched anew twice at most
     * @param clock says when to look for the metadata again after a failure
     */
    IssuerKeys(URI issuer, Duration pause, InstantSource clock) {
        this.issuer = issuer;
        this.pause = pause;
        this.clock = clock;
    }

    URI issuer() {
        return issuer;
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        return source().get(selector, context);
    }

    private synchronized JWKSource<SecurityContext> source() throws KeySourceException {
        if (found == null) {
            Instant now = clock.instant();
            if (now.isBefore(notBefore)) {
                throw new KeySourceException("the issuer " + issuer + " was not reached a moment ago");
            }
            notBefore = now.plus(RETRY);
            found = JWKSourceBuilder.<SecurityContext>create(keySet(), web)
                    .cache(KEPT.toMillis(), REFRESH.toMillis())
                    .refreshAheadCache(false)
                    .rateLimited(pause.toMillis())
                    .outageTolerant(OUTAGE.toMillis())
                    .build();
        }
        return found;
    }

    /** Where the keys are, by the issuer's own word. */
    private URL keySet() throws KeySourceException {
        String base = issuer.toString().replaceFirst("/+$", "");
        try {
            String text = web.retrieveResource(URI.create(base + "/.well-known/openid-configuration")
                            .toURL())
                    .getContent();
            Map<String, Object> metadata = JSONObjectUtils.parse(text);
            String named = JSONObjectUtils.getString(metadata, "issuer");
            if (!issuer.toString().equals(named)) {
                throw new KeySourceException("the metadata of " + issuer + " names another issuer");
            }
            return SecureUrl.check("jwks_uri", URI.create(JSONObjectUtils.getString(metadata, "jwks_uri")))
                    .toURL();
        } catch (IOException | ParseException | RuntimeException unusable) {
            throw new KeySourceException("the metadata of " + issuer + " cannot be used: " + unusable, unusable);
        }
    }
}
