package io.renderfleet.auth.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.renderfleet.auth.Owner;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenBearer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads owner and role out of a token's claims.
 *
 * @param ownerClaim has the name of the owner
 * @param roleClaim has one value or a list of them
 * @param roles what the values stand for; where it is empty they are names of roles
 */
record ClaimReader(String ownerClaim, String roleClaim, Map<String, Role> roles) {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimReader.class);
    private static final int MAX_VALUES = 1_000;
    private static final int ID_BYTES = 8;

    ClaimReader {
        roles = Map.copyOf(roles);
    }

    /** Whether a token that is not verified yet names an issuer: one of somebody else's need not be looked at any further. */
    boolean isFrom(URI issuer, SignedJWT token) throws ParseException {
        return issuer.toString().equals(token.getJWTClaimsSet().getIssuer());
    }

    /** Who bears a verified token; a submitter whose owner cannot be read may do nothing. */
    Optional<TokenBearer> bearer(String token, JWTClaimsSet claims) {
        Object named = find(claims.getClaims(), ownerClaim);
        String owner = named instanceof String text && Owner.isValid(text) ? text : null;
        Role role = role(claims);
        if (owner == null && role == Role.SUBMITTER) {
            LOG.debug("a token of {} has no owner in {} whose name can be used", claims.getSubject(), ownerClaim);
            role = null;
        }
        return Optional.of(new TokenBearer(
                credential(token), owner, role, claims.getExpirationTime().toInstant()));
    }

    /** The one that includes most of the others; a node only where it is nothing else. */
    private @Nullable Role role(JWTClaimsSet claims) {
        return values(find(claims.getClaims(), roleClaim))
                .limit(MAX_VALUES)
                .flatMap(value -> of(value).stream())
                .max(Comparator.<Role>comparingInt(role -> role.grants().size())
                        .thenComparing(role -> role != Role.NODE))
                .orElse(null);
    }

    private Optional<Role> of(String value) {
        return roles.isEmpty() ? Role.of(value) : Optional.ofNullable(roles.get(value));
    }

    private static Stream<String> values(@Nullable Object claim) {
        Collection<?> all = claim instanceof Collection<?> many ? many : claim == null ? List.of() : List.of(claim);
        return all.stream().filter(String.class::isInstance).map(String.class::cast);
    }

    /** A claim by its name, or by the path of names with dots to it, such as {@code realm_access.roles}. */
    private static @Nullable Object find(Map<?, ?> claims, String path) {
        Object whole = claims.get(path);
        int dot = path.indexOf('.');
        if (whole != null || dot < 0) {
            return whole;
        }
        return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                ? find(inner, path.substring(dot + 1))
                : null;
    }

    /** Names the token in logs by a digest, since what it names itself by may be missing or long. */
    private static String credential(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return "oidc-" + HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
