package io.renderfleet.auth.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenBearer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.token.KeyProvider;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A token of an OpenID Connect issuer")
@Timeout(60)
class OidcTokensTest {
    private static final String REALM = "film";
    private static final String AUDIENCE = "render";

    private static MockOAuth2Server server;
    private static int port;

    OidcTokensTest() {}

    @BeforeAll
    static void start() throws IOException {
        port = freePort();
        server = started(new MockOAuth2Server(), port);
    }

    @AfterAll
    static void stop() {
        server.shutdown();
    }

    private static URI issuer(int listening) {
        return URI.create("http://localhost:" + listening + "/" + REALM);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static OidcTokensBuilder tokens() {
        return OidcTokens.builder(issuer(port), AUDIENCE).role("artists", Role.SUBMITTER);
    }

    private static String token(String realm, String audience, Map<String, Object> claims, Duration life) {
        return server.issueToken(realm, "a-subject", audience, claims, life.toSeconds())
                .serialize();
    }

    private static String alices() {
        return token(
                REALM,
                AUDIENCE,
                Map.of("preferred_username", "alice", "roles", List.of("artists", "staff")),
                Duration.ofHours(1));
    }

    @Test
    @DisplayName("lets its owner in with the role that a claim stands for, until it expires")
    void letsIn() {
        TokenBearer bearer = tokens().build().verify(alices()).orElseThrow();

        assertThat(bearer.owner()).isEqualTo("alice");
        assertThat(bearer.role()).isEqualTo(Role.SUBMITTER);
        assertThat(bearer.credential()).matches("oidc-[0-9a-f]{16}");
        assertThat(bearer.expires())
                .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_700));
    }

    @Test
    @DisplayName("is not valid if it is of another issuer, for another audience, or of no issuer at all")
    void otherIssuerOrAudience() {
        OidcTokens tokens = tokens().build();
        Map<String, Object> claims = Map.of("preferred_username", "alice", "roles", "artists");

        assertThat(tokens.verify(token("series", AUDIENCE, claims, Duration.ofHours(1))))
                .isEmpty();
        assertThat(tokens.verify(token(REALM, "mail", claims, Duration.ofHours(1))))
                .isEmpty();
        assertThat(tokens.verify("rf_" + "A".repeat(43))).isEmpty();
        assertThat(tokens.verify("a.b.c")).isEmpty();
        assertThat(tokens.verify(token(REALM, AUDIENCE, claims, Duration.ofHours(1))))
                .isPresent();
    }

    @Test
    @DisplayName("is not valid once it has expired, but for what clocks may differ")
    void expired() {
        String token = alices();
        Instant end = Instant.now().plus(Duration.ofHours(1));

        assertThat(at(end.plusSeconds(30)).verify(token)).as("within the skew").isPresent();
        assertThat(at(end.plusSeconds(90)).verify(token)).as("beyond it").isEmpty();
    }

    private static OidcTokens at(Instant time) {
        return tokens().clock(InstantSource.fixed(time))
                .clockSkew(Duration.ofSeconds(60))
                .build();
    }

    @Test
    @DisplayName("without a role is known and may do nothing; so is a submitter without an owner")
    void noRole() {
        OidcTokens tokens = tokens().build();

        assertThat(role(tokens, Map.of("preferred_username", "alice"))).isNull();
        assertThat(role(tokens, Map.of("preferred_username", "alice", "roles", List.of("staff"))))
                .isNull();
        assertThat(role(tokens, Map.of("preferred_username", "alice", "roles", List.of("admin"))))
                .as("names of roles do not count where there is a mapping")
                .isNull();
        assertThat(role(tokens, Map.of("preferred_username", "al ice", "roles", List.of("artists"))))
                .isNull();
        assertThat(role(tokens, Map.of("roles", List.of("artists")))).isNull();
    }

    @Test
    @DisplayName("has its role and its owner in the claims that were named, also inside of others")
    void claims() {
        OidcTokens tokens = OidcTokens.builder(issuer(port), AUDIENCE)
                .roleClaim("realm_access.roles")
                .ownerClaim("email")
                .build();
        Map<String, Object> claims = Map.of(
                "email",
                "alice@studio.example",
                "realm_access",
                Map.of("roles", List.of("viewer", "node", "operator", "staff")));

        TokenBearer bearer = tokens.verify(token(REALM, AUDIENCE, claims, Duration.ofHours(1)))
                .orElseThrow();

        assertThat(bearer.owner()).isEqualTo("alice@studio.example");
        assertThat(bearer.role()).as("the one that includes most").isEqualTo(Role.OPERATOR);
    }

    private static @Nullable Role role(OidcTokens tokens, Map<String, Object> claims) {
        return tokens.verify(token(REALM, AUDIENCE, claims, Duration.ofHours(1)))
                .orElseThrow()
                .role();
    }

    private static JWTClaimsSet good() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer(port).toString())
                .audience(AUDIENCE)
                .claim("preferred_username", "alice")
                .claim("roles", "artists")
                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                .build();
    }

    @Test
    @DisplayName("is not valid unsigned, signed by a password, or by a key that the issuer does not have")
    void forged() throws Exception {
        OidcTokens tokens = tokens().keyPause(Duration.ofMinutes(4)).build();
        RSAKey stranger = new RSAKeyGenerator(2048).keyID("stranger").generate();
        SignedJWT byStranger = signed(stranger);
        SignedJWT byPassword = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(REALM).build(), good());
        byPassword.sign(new MACSigner("p".repeat(32)));

        assertThat(tokens.verify(byStranger.serialize())).isEmpty();
        assertThat(tokens.verify(byPassword.serialize())).isEmpty();
        assertThat(tokens.verify(new PlainJWT(good()).serialize())).isEmpty();
        for (int i = 0; i < 10; i++) {
            assertThat(tokens.verify(byStranger.serialize())).isEmpty();
        }
        assertThat(tokens.verify(alices()))
                .as("after keys may not be fetched any more")
                .isPresent();
    }

    private static SignedJWT signed(RSAKey key) throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), good());
        jwt.sign(new RSASSASigner(key));
        return jwt;
    }

    @Test
    @DisplayName("counts after the issuer has changed its keys, and those of before no more once they are forgotten")
    void rotation() throws Exception {
        AtomicReference<JWK> key = new AtomicReference<>(key("before"));
        int free = freePort();
        MockOAuth2Server rotating = withKeys(free, new KeyProvider() {
            @Override
            public JWK signingKey(String id) {
                return Objects.requireNonNull(key.get());
            }
        });
        OidcTokens tokens = OidcTokens.builder(issuer(free), AUDIENCE)
                .role("artists", Role.SUBMITTER)
                .keyPause(Duration.ofMillis(1))
                .build();
        String old = issued(rotating);
        assertThat(tokens.verify(old)).isPresent();

        key.set(key("after"));
        String fresh = issued(rotating);
        assertThat(SignedJWT.parse(fresh).getHeader().getKeyID()).isEqualTo("after");
        assertThat(tokens.verify(fresh)).isPresent();
        assertThat(tokens.verify(old)).as("signed by a key that is withdrawn").isEmpty();

        rotating.shutdown();
        assertThat(tokens.verify(fresh)).as("while the issuer is away").isPresent();
    }

    private static RSAKey key(String id) throws Exception {
        return new RSAKeyGenerator(2048).keyID(id).keyUse(KeyUse.SIGNATURE).generate();
    }

    private static MockOAuth2Server withKeys(int listening, KeyProvider keys) throws IOException {
        return started(
                new MockOAuth2Server(new OAuth2Config(false, null, null, false, new OAuth2TokenProvider(keys))),
                listening);
    }

    private static MockOAuth2Server started(MockOAuth2Server made, int listening) throws IOException {
        made.start(InetAddress.getLoopbackAddress(), listening);
        return made;
    }

    private static String issued(MockOAuth2Server of) {
        return of.issueToken(REALM, "a", AUDIENCE, Map.of("preferred_username", "alice", "roles", "artists"), 3_600)
                .serialize();
    }

    @Test
    @DisplayName("is not valid while the issuer was never reached, and is once it is there")
    void issuerAway() throws Exception {
        int free = freePort();
        URI away = issuer(free);
        MutableClock clock = new MutableClock();
        OidcTokens tokens = OidcTokens.builder(away, AUDIENCE)
                .clock(clock)
                .role("artists", Role.SUBMITTER)
                .build();
        assertThat(tokens.verify(alicesOf(away))).isEmpty();

        MockOAuth2Server back = started(new MockOAuth2Server(), free);
        try {
            String token = issued(back);
            assertThat(tokens.verify(token)).as("just after a failure").isEmpty();
            clock.ahead = Duration.ofSeconds(10);
            assertThat(tokens.verify(token)).isPresent();
        } finally {
            back.shutdown();
        }
    }

    private static String alicesOf(URI issuer) throws Exception {
        RSAKey key = key("k");
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(),
                new JWTClaimsSet.Builder(good()).issuer(issuer.toString()).build());
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }

    private static final class MutableClock implements InstantSource {
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }
    }

    @Test
    @DisplayName("comes from an issuer that nobody on the way can stand in for")
    void secure() {
        assertThatThrownBy(() -> OidcTokens.builder(URI.create("http://login.studio.example"), AUDIENCE))
                .hasMessageContaining("it must be an https URL");
        assertThatThrownBy(() -> OidcTokens.builder(URI.create("https://login.studio.example"), " "))
                .hasMessageContaining("audience");
        assertThat(Optional.of(OidcTokens.builder(URI.create("https://login.studio.example"), AUDIENCE)))
                .isPresent();
    }
}
