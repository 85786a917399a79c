package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.renderfleet.transport.http.header.Representation;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@DisplayName("A router")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RouterTest {
    private static final String TOKEN = "a-token-of-some-length";
    private LoopbackServer server;

    @BeforeAll
    void start() throws Exception {
        // The faults below are on purpose; what the log says of them is not worth reading.
        ((Logger) LoggerFactory.getLogger(Router.class)).setLevel(Level.OFF);
        server = new LoopbackServer(
                HttpLimits.USUAL,
                routes -> routes.hosts(HostCheck.of("127.0.0.1", Set.of("farm.example")))
                        .callers(new BearerTokens(Map.of(TOKEN, new Caller("tester", Set.of("viewer")))))
                        .open(
                                "GET",
                                "/health",
                                call -> Answer.text(200, "text/plain", "fine").now())
                        .route(
                                "GET",
                                "/things/{id}",
                                call -> Answer.either(
                                                200,
                                                Map.of("id", call.path("id")),
                                                "Thing " + call.path("id"),
                                                Representation.JSON)
                                        .now())
                        .route(
                                "DELETE",
                                "/things/{id}",
                                call -> Answer.empty(204).now())
                        .route(
                                "GET",
                                "/files/{name*}",
                                call -> Answer.json(200, Map.of("name", call.path("name")))
                                        .now())
                        .route(
                                "POST",
                                "/json",
                                call -> call.json(BodyLimit.small(1000))
                                        .thenApply(bytes -> Answer.json(200, Map.of("bytes", bytes.length))))
                        .route(
                                "GET",
                                "/query",
                                call -> Answer.json(
                                                200, Map.of("q", call.query("q").orElse("")))
                                        .now())
                        .route("GET", "/fault", call -> {
                            throw new IllegalStateException("secret /etc/path");
                        })
                        .route(
                                "GET",
                                "/late-fault",
                                call -> CompletableFuture.supplyAsync(() -> {
                                    throw new IllegalStateException("secret /etc/path");
                                }))
                        .route(
                                "GET",
                                "/admin",
                                ((Endpoint) call -> Answer.empty(200).now()).onlyFor("admin")));
    }

    @AfterAll
    void stop() {
        ((Logger) LoggerFactory.getLogger(Router.class)).setLevel(null);
        server.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = server.request(path).header("Authorization", "Bearer " + TOKEN);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.send(request);
    }

    @Test
    @DisplayName("gives path variables to the endpoint, decoded")
    void variables() throws Exception {
        assertThat(get("/things/a%20b").body()).isEqualTo("{\"id\":\"a b\"}");
        assertThat(get("/files/deep/er/x.png").body()).isEqualTo("{\"name\":\"deep/er/x.png\"}");
        assertThat(get("/query?q=a%20b").body()).isEqualTo("{\"q\":\"a b\"}");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"/nothing", "/things", "/things/", "/things/a/b", "/files/", "/things/a%5Cb", "/things/%01"})
    @DisplayName("answers 404 under a path that is none")
    void notFound(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isIn(400, 404);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    @DisplayName("answers 405 and says what is allowed")
    void methodNotAllowed() throws Exception {
        HttpResponse<String> response = server.send(server.request("/things/a")
                .header("Authorization", "Bearer " + TOKEN)
                .method("PATCH", BodyPublishers.ofString("{}")));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).contains("DELETE, GET, HEAD, OPTIONS");
        assertThat(response.body()).contains("urn:renderfleet:problem:method-not-allowed");
    }

    @Test
    @DisplayName("answers OPTIONS itself")
    void options() throws Exception {
        HttpResponse<String> response = server.send(server.request("/json")
                .header("Authorization", "Bearer " + TOKEN)
                .method("OPTIONS", BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("Allow")).contains("OPTIONS, POST");
    }

    @Test
    @DisplayName("asks for a token, also where there is nothing, but not on open routes")
    void tokens() throws Exception {
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        for (String path : new String[] {"/things/a", "/nothing"}) {
            HttpResponse<String> response = server.get(path);
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"renderfleet\"");
        }
        assertThat(server.send(server.request("/things/a").header("Authorization", "Bearer wrong-token-of-length"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(server.send(server.request("/things/a").header("Authorization", TOKEN))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    @DisplayName("answers 403 to a caller who lacks the role")
    void roles() throws Exception {
        assertThat(get("/admin").statusCode()).isEqualTo(403);
    }

    @ParameterizedTest(name = "{0} → {1}")
    @CsvSource({
        "127.0.0.1:9, 200",
        "localhost, 200",
        "FARM.example.:80, 200",
        "[::1]:80, 200",
        "evil.example, 421",
        "10.0.0.1, 421"
    })
    @DisplayName("answers to its own names only")
    void hosts(String host, int status) throws Exception {
        String answer = server.raw("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest(name = "{0} → {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | application/json",
                "text/plain | text/plain;charset=utf-8",
                "*/* | application/json",
                "text/* | text/plain;charset=utf-8",
                "text/plain;q=0.4, application/json;q=0.5 | application/json",
                "text/plain, */*;q=0.1 | text/plain;charset=utf-8",
                "text/html, application/xhtml+xml, */*;q=0.8 | application/json",
                "image/png | application/json",
                "application/problem+json | application/json",
                "text/plain;q=0, */* | application/json",
                ";;;,q=x | application/json"
            })
    @DisplayName("lets Accept decide between JSON and text, and never answers 406")
    void accept(String accept, String type) throws Exception {
        HttpResponse<String> response = get("/things/a", "Accept", accept);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains(type);
        assertThat(response.headers().firstValue("Vary")).contains("Accept");
        assertThat(response.body()).isEqualTo(type.startsWith("text") ? "Thing a\n" : "{\"id\":\"a\"}");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/fault", "/late-fault"})
    @DisplayName("tells nothing of a fault but the trace under which the log does")
    void faults(String path) throws Exception {
        HttpResponse<String> response =
                get(path, "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body())
                .doesNotContain("secret", "etc", "Exception")
                .contains("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(response.headers().firstValue("Request-Id")).contains("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    @DisplayName("puts the security headers and the server's own on every answer, and no banner")
    void headers() throws Exception {
        for (HttpResponse<String> response : List.of(get("/things/a"), get("/nothing"), get("/fault"))) {
            assertThat(response.headers().firstValue("Node-Id")).contains("n-1");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(response.headers().firstValue("Server")).isEmpty();
            assertThat(response.headers().firstValue("Request-Id").orElseThrow())
                    .hasSize(32);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "GET / HTTP/9.9\r\n\r\n",
                "NONSENSE\r\n\r\n",
                "GET /a b c HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /things/a%2fb HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /things/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "GET //things/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n"
            })
    @DisplayName("answers what is not HTTP with a 4xx problem that echoes nothing")
    void notHttp(String text) throws Exception {
        String answer = server.raw(text);

        assertThat(answer).matches("(?s)HTTP/1.1 (4\\d\\d|505) .*");
        assertThat(answer)
                .contains("application/problem+json", "Node-Id: n-1")
                .doesNotContain("etc/passwd", "Jetty", "org.");
    }

    @Test
    @DisplayName("refuses headers and URLs that are too long")
    void tooLong() throws Exception {
        assertThat(get("/things/a", "X-Long", "x".repeat(20_000)).statusCode()).isEqualTo(431);
        assertThat(get("/things/" + "x".repeat(20_000)).statusCode()).isEqualTo(414);
    }

    @ParameterizedTest(name = "{0} → {1}")
    @CsvSource({
        "application/json, 200",
        "application/json; charset=UTF-8, 200",
        "Application/JSON, 200",
        "text/plain, 415",
        "application/json; charset=latin1, 415",
        "application/x-www-form-urlencoded, 415",
        "application/jsonp, 415"
    })
    @DisplayName("takes JSON in UTF-8 only")
    void contentType(String type, int status) throws Exception {
        HttpResponse<String> response = server.send(server.request("/json")
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString("{}")));

        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Test
    @DisplayName(
            "refuses a body without a type, one that is encoded, and one that is too large, and the client sees the answer")
    void bodies() throws Exception {
        var post = server.request("/json").header("Authorization", "Bearer " + TOKEN);
        assertThat(server.send(post.copy().POST(BodyPublishers.ofString("{}"))).statusCode())
                .isEqualTo(415);
        post.header("Content-Type", "application/json");
        assertThat(server.send(post.copy().header("Content-Encoding", "gzip").POST(BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(415);
        byte[] tenMebibytes = new byte[10 << 20];
        assertThat(server.send(post.copy().POST(BodyPublishers.ofByteArray(tenMebibytes)))
                        .statusCode())
                .isEqualTo(413);
        assertThat(server.send(post.copy()
                                .POST(BodyPublishers.ofInputStream(
                                        () -> new java.io.ByteArrayInputStream(tenMebibytes))))
                        .statusCode())
                .as("chunked")
                .isEqualTo(413);
        assertThat(server.send(server.request("/json").POST(BodyPublishers.ofByteArray(tenMebibytes)))
                        .statusCode())
                .as("without a token")
                .isEqualTo(401);
    }
}
