package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A browser's session")
class SessionsTest {
    private static final String TOKEN = "a-token-of-some-length";
    private static final String OTHER_TOKEN = "another-token-that-is-valid";

    private final AtomicLong nanos = new AtomicLong();
    private LoopbackServer server;

    SessionsTest() {}

    @BeforeEach
    void start() throws Exception {
        Callers tokens = new BearerTokens(
                Map.of(TOKEN, new Caller("ada", Set.of("viewer")), OTHER_TOKEN, new Caller("grace", Set.of("viewer"))));
        Sessions sessions = new Sessions(tokens, true, new Random(1), nanos::get, true);
        server = new LoopbackServer(HttpLimits.USUAL, routes -> {
            routes.callers(sessions)
                    .route(
                            "GET",
                            "/who",
                            call -> Answer.json(
                                            200, Map.of("name", call.caller().name()))
                                    .now())
                    .route(
                            "POST",
                            "/who",
                            call -> Answer.json(
                                            200, Map.of("name", call.caller().name()))
                                    .now());
            sessions.addTo(routes);
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = server.request(path).method(method, HttpRequest.BodyPublishers.noBody());
        return server.send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> begin() throws Exception {
        return send("POST", "/session", "Authorization", "Bearer " + TOKEN);
    }

    private static String cookie(HttpResponse<String> answer) {
        return answer.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    }

    private static String csrf(HttpResponse<String> answer) {
        return answer.body().replaceAll(".*\"csrf\":\"([^\"]*)\".*", "$1");
    }

    @Test
    @DisplayName("is begun with a token, in a cookie that scripts and other sites cannot use")
    void begins() throws Exception {
        HttpResponse<String> begun = begin();

        assertThat(begun.statusCode()).isEqualTo(200);
        assertThat(begun.headers().firstValue("Set-Cookie"))
                .hasValueSatisfying(value -> assertThat(value)
                        .matches("renderfleet-session=[\\w-]{43}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"));
        assertThat(begun.body())
                .contains("\"login\":true", "\"name\":\"ada\"", "\"roles\":[\"viewer\"]")
                .doesNotContain(TOKEN);
        assertThat(send("GET", "/who", "Cookie", cookie(begun)).body()).contains("ada");
        assertThat(send("GET", "/session", "Cookie", cookie(begun)).body()).isEqualTo(begun.body());
    }

    @Test
    @DisplayName("of a caller who begins a thousand of them pushes out older ones of the same caller only")
    void ofAGreedyCaller() throws Exception {
        String grace = cookie(send("POST", "/session", "Authorization", "Bearer " + OTHER_TOKEN));
        String first = cookie(begin());
        for (int i = 0; i < 1_000; i++) {
            begin();
        }

        assertThat(send("GET", "/who", "Cookie", first).statusCode()).isEqualTo(401);
        assertThat(send("GET", "/who", "Cookie", grace).body()).contains("grace");
    }

    @Test
    @DisplayName("is not begun without a valid token")
    void needsAToken() throws Exception {
        assertThat(send("POST", "/session").statusCode()).isEqualTo(401);
        assertThat(send("POST", "/session", "Authorization", "Bearer another-token-of-some-length")
                        .statusCode())
                .isEqualTo(401);
        assertThat(send("GET", "/session").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/who", "Cookie", Sessions.COOKIE + "=made-up").statusCode())
                .isEqualTo(401);
    }

    @Test
    @DisplayName("changes something only with its CSRF token; a client with a token needs none")
    void needsCsrf() throws Exception {
        HttpResponse<String> begun = begin();
        String cookie = cookie(begun);

        assertThat(send("POST", "/who", "Cookie", cookie).statusCode()).isEqualTo(403);
        assertThat(send("POST", "/who", "Cookie", cookie, "X-CSRF-Token", csrf(begin()))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "/who", "Cookie", cookie, "X-CSRF-Token", csrf(begun))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("POST", "/who", "Authorization", "Bearer " + TOKEN).statusCode())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("ends when it is told to, and by itself after twelve hours")
    void ends() throws Exception {
        HttpResponse<String> first = begin();
        assertThat(send("DELETE", "/session", "Cookie", cookie(first)).statusCode())
                .isEqualTo(403);
        HttpResponse<String> ended = send("DELETE", "/session", "Cookie", cookie(first), "X-CSRF-Token", csrf(first));
        assertThat(ended.statusCode()).isEqualTo(204);
        assertThat(ended.headers().firstValue("Set-Cookie"))
                .hasValueSatisfying(value -> assertThat(value).contains("Max-Age=0"));
        assertThat(send("GET", "/who", "Cookie", cookie(first)).statusCode()).isEqualTo(401);

        HttpResponse<String> second = begin();
        nanos.addAndGet(Duration.ofHours(12).toNanos() + 1);
        assertThat(send("GET", "/who", "Cookie", cookie(second)).statusCode()).isEqualTo(401);
    }

    @Test
    @DisplayName(
            "has a cookie for TLS alone where a trusted proxy says that the browser came over TLS, and never believes another")
    void proxy() throws Exception {
        assertThat(begin("https")).endsWith("; Secure");
        assertThat(begin("HTTPS")).endsWith("; Secure");
        assertThat(begin("http")).endsWith("; SameSite=Strict");
        Sessions alone = new Sessions(
                new BearerTokens(Map.of(TOKEN, new Caller("ada", Set.of()))), true, new Random(1), nanos::get, false);
        server.close();
        server = new LoopbackServer(HttpLimits.USUAL, routes -> alone.addTo(routes.callers(alone)));
        assertThat(begin("https")).endsWith("; SameSite=Strict");
    }

    private String begin(String forwarded) throws Exception {
        return send("POST", "/session", "Authorization", "Bearer " + TOKEN, "X-Forwarded-Proto", forwarded)
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow();
    }
}
