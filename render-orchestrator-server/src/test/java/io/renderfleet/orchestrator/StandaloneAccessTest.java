package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenIssuer;
import io.renderfleet.auth.TokenListFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The orchestrator's program, with tokens of a file and of an OpenID Connect issuer,")
@Timeout(120)
class StandaloneAccessTest {
    @TempDir
    Path folder;

    private final MockOAuth2Server issuer = new MockOAuth2Server();
    private String film;
    private TokenIssuer.Issued operator;
    private ServerProcess server;

    StandaloneAccessTest() {}

    @BeforeEach
    void start() throws IOException {
        int port = freePort();
        issuer.start(InetAddress.getLoopbackAddress(), port);
        film = "http://localhost:" + port + "/film";
        operator = new TokenIssuer(new SecureRandom(), InstantSource.system()).issue("olga", Role.OPERATOR, null);
        new TokenListFile(folder.resolve("tokens")).update(list -> list.with(operator.entry()));
        server = ServerProcess.start(
                OrchestratorMain.class,
                folder,
                Map.of("RENDER_ORCHESTRATOR_OIDC_ROLES", "artists=submitter"),
                "--port=0",
                "--store=memory",
                "--tokens-file=tokens",
                "--audit-log=audit.log",
                "--oidc-issuer=" + film,
                "--oidc-audience=render",
                "--oidc-role-claim=groups");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void stop() {
        server.close();
        issuer.shutdown();
    }

    /** Asks the issuer for a token, as a program does that has a secret of its own. */
    private String token(String audience, String... groups) {
        Map<String, Object> claims = Map.of("preferred_username", "alice", "groups", List.of(groups));
        issuer.enqueueCallback(new DefaultOAuth2TokenCallback("film", "s", "JWT", List.of(audience), claims, 600));
        HttpResponse<String> answer = TestFarm.send(HttpRequest.newBuilder(URI.create(film + "/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=client_credentials&client_id=c&client_secret=s&scope=x")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestFarm.json(answer).get("access_token").asText();
    }

    private HttpResponse<String> call(String token, String method, String path, String body) {
        URI uri = server.uri().resolve(path);
        return TestFarm.send(HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    @Test
    @DisplayName("lets both in, each with its role, refuses others, and takes it down")
    void letsIn() throws IOException {
        String alice = token("render", "artists");
        HttpResponse<String> submitted = call(alice, "POST", "/render", "{\"frames\": \"1\"}");
        assertThat(submitted.statusCode()).as(submitted.body()).isEqualTo(202);
        String job = TestFarm.json(submitted).get("jobId").asText();

        assertThat(TestFarm.json(call(operator.token(), "GET", "/jobs/" + job, ""))
                        .get("owner")
                        .asText())
                .isEqualTo("alice");
        assertThat(call(token("mail", "artists"), "GET", "/jobs", "").statusCode())
                .as("for another audience")
                .isEqualTo(401);
        assertThat(call(token("render", "staff"), "GET", "/jobs", "").statusCode())
                .as("without a role")
                .isEqualTo(403);
        assertThat(call(alice, "POST", "/nodes/n-1/drain", "").statusCode()).isEqualTo(403);
        assertThat(call(operator.token(), "DELETE", "/jobs/" + job, "").statusCode())
                .isIn(200, 202);
        assertThat(Files.readAllLines(folder.resolve("audit.log")))
                .extracting(line -> line.replaceAll(".*\"owner\":\"?(\\w+)\"?,.*\"status\":(\\d+).*", "$1 $2"))
                .startsWith("alice 202", "null 401", "alice 403", "alice 403")
                .last()
                .asString()
                .startsWith("olga 20");
    }
}
