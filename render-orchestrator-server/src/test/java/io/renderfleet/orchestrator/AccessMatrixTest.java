package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.auth.FileTokens;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenBearer;
import io.renderfleet.auth.TokenIssuer;
import io.renderfleet.auth.TokenListFile;
import io.renderfleet.http.server.RateLimit;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every operation of the API's description with every kind of caller: a new operation without a rule fails here. */
@DisplayName("Every call, by everybody,")
@Timeout(240)
class AccessMatrixTest {
    private static final String NO_ROLE = "known-and-without-any-role";

    @TempDir
    Path folder;

    private @Nullable TestFarm farm;

    AccessMatrixTest() {}

    @AfterEach
    void stop() {
        if (farm != null) {
            farm.close();
        }
    }

    @TestFactory
    @DisplayName("is answered as the description says, where others' jobs can be seen")
    Stream<DynamicTest> status() throws IOException {
        return matrix(ReadOthers.STATUS);
    }

    @TestFactory
    @DisplayName("is answered as the description says, where others' jobs are secret")
    Stream<DynamicTest> nothing() throws IOException {
        return matrix(ReadOthers.NOTHING);
    }

    @TestFactory
    @DisplayName("is answered as the description says, where others' jobs can be fetched")
    Stream<DynamicTest> all() throws IOException {
        return matrix(ReadOthers.ALL);
    }

    private Stream<DynamicTest> matrix(ReadOthers others) throws IOException {
        TokenListFile file = new TokenListFile(folder.resolve("tokens"));
        List<MatrixCaller> callers = callers(file);
        FileTokens tokens = new FileTokens(file, InstantSource.system());
        TestFarm running = new TestFarm(
                folder,
                1,
                server -> server.tokens(tokens)
                        .tokens(token -> token.equals(NO_ROLE)
                                ? Optional.of(new TokenBearer("none-1", "carol", null, null))
                                : Optional.empty())
                        .signInLimit(new RateLimit(1_000_000, Duration.ofMinutes(1)))
                        .readOthers(others));
        farm = running;
        MatrixCalls calls = new MatrixCalls(running, token(callers, "alice"), token(callers, "admin"));
        DescribedApi api = DescribedApi.parse(running.get("/openapi.yaml").body());
        return api.operations().stream().flatMap(operation -> {
            JsonNode described = api.operation(operation);
            AccessRule rule = AccessRule.of(operation, described);
            return callers.stream()
                    .map(caller -> dynamicTest(
                            operation + " by " + caller.name() + ": " + rule.expected(caller, others),
                            () -> check(calls.prepared(operation, described), caller, rule.expected(caller, others))));
        });
    }

    private static void check(HttpRequest.Builder request, MatrixCaller caller, int expected) throws IOException {
        caller.authorization().ifPresent(value -> request.header("Authorization", value));
        HttpResponse<InputStream> answer = TestFarm.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            int status = answer.statusCode();
            String text = status < 300 ? "" : new String(body.readNBytes(4_096), StandardCharsets.UTF_8);
            assertThat(status < 300 ? 200 : status).as(text).isEqualTo(expected);
            if (expected == 401) {
                assertThat(text.isEmpty() || text.contains(":unauthorized"))
                        .as(text)
                        .isTrue();
            }
        }
    }

    private static List<MatrixCaller> callers(TokenListFile file) throws IOException {
        List<MatrixCaller> callers = new ArrayList<>();
        callers.add(MatrixCaller.unknown("nobody", ""));
        callers.add(MatrixCaller.unknown("a wrong token", "Bearer rf_" + "A".repeat(43)));
        callers.add(MatrixCaller.unknown("another scheme", "Basic cm9vdDpyb290"));
        Instant longAgo = Instant.now().minus(Duration.ofDays(9));
        for (Role role : Role.values()) {
            TokenIssuer.Issued expired = issue(file, "late", role, InstantSource.fixed(longAgo));
            callers.add(MatrixCaller.unknown("an expired " + role.wireName(), "Bearer " + expired.token()));
        }
        callers.add(new MatrixCaller(
                "somebody without a role", Optional.of("Bearer " + NO_ROLE), true, Optional.empty(), true));
        callers.add(valid(file, "vera", Role.VIEWER, false));
        callers.add(valid(file, "alice", Role.SUBMITTER, false));
        callers.add(valid(file, "bob", Role.SUBMITTER, true));
        callers.add(valid(file, "olga", Role.OPERATOR, false));
        callers.add(valid(file, "n-1", Role.NODE, false));
        callers.add(valid(file, "n-2", Role.NODE, true));
        callers.add(valid(file, "admin", Role.ADMIN, false));
        return callers;
    }

    private static MatrixCaller valid(TokenListFile file, String owner, Role role, boolean stranger)
            throws IOException {
        TokenIssuer.Issued issued = issue(file, owner, role, InstantSource.system());
        return MatrixCaller.with(owner + " (" + role.wireName() + ")", issued.token(), role, stranger);
    }

    private static TokenIssuer.Issued issue(TokenListFile file, String owner, Role role, InstantSource clock)
            throws IOException {
        TokenIssuer.Issued issued = new TokenIssuer(new SecureRandom(), clock).issue(owner, role, Duration.ofDays(1));
        file.update(list -> list.with(issued.entry()));
        return issued;
    }

    private static String token(List<MatrixCaller> callers, String owner) {
        return callers.stream()
                .filter(caller -> caller.name().startsWith(owner + " ("))
                .flatMap(caller -> caller.authorization().stream())
                .map(value -> value.substring("Bearer ".length()))
                .findFirst()
                .orElseThrow();
    }
}
