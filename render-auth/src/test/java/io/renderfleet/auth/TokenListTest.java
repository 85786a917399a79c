package io.renderfleet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A list of tokens")
class TokenListTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String HASH = "0".repeat(64);

    private final TokenIssuer issuer = new TokenIssuer(new SecureRandom(), InstantSource.fixed(NOW));

    TokenListTest() {}

    @Test
    @DisplayName("reads as it was written, and has no token in it")
    void roundTrip() {
        TokenIssuer.Issued alice = issuer.issue("alice", Role.SUBMITTER, Duration.ofDays(90));
        TokenIssuer.Issued wall = issuer.issue(null, Role.VIEWER, null);
        TokenList list = TokenList.empty().with(alice.entry()).with(wall.entry());

        TokenList read = TokenList.parse(list.text());

        assertThat(read.text())
                .isEqualTo(list.text())
                .contains(alice.entry().id() + " alice submitter 2026-01-02T03:04:05Z 2026-04-02T03:04:05Z ")
                .contains(wall.entry().id() + " - viewer 2026-01-02T03:04:05Z never ")
                .doesNotContain(alice.token(), wall.token());
        assertThat(read.valid(alice.token(), NOW).orElseThrow().id())
                .isEqualTo(alice.entry().id());
        assertThat(alice.toString() + alice.entry()).doesNotContain(alice.token());
    }

    @Test
    @DisplayName("knows a token until it expires or is taken away")
    void validity() {
        TokenIssuer.Issued token = issuer.issue("alice", Role.SUBMITTER, Duration.ofHours(1));
        TokenList list = TokenList.empty().with(token.entry());
        Instant end = NOW.plus(Duration.ofHours(1));

        assertThat(list.valid(token.token(), end.minusMillis(1))).isPresent();
        assertThat(list.valid(token.token(), end)).isEmpty();
        assertThat(list.valid(token.token() + "x", NOW)).isEmpty();
        assertThat(list.without(token.entry().id()).valid(token.token(), NOW)).isEmpty();
    }

    @Test
    @DisplayName("has tokens with 256 random bits")
    void random() {
        List<String> tokens = java.util.stream.Stream.generate(
                        () -> issuer.issue("a", Role.VIEWER, null).token())
                .limit(100)
                .toList();

        assertThat(tokens).doesNotHaveDuplicates().allMatch(token -> token.matches("rf_[\\w-]{43}"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "t-00000001 alice submitter 2026-01-02T03:04:05Z never | the line has 5 words",
                "t-00000001 alice boss 2026-01-02T03:04:05Z never HASH | the role is 'boss': it must be one of viewer,"
                        + " submitter, operator, node, admin",
                "t-00000001 - submitter 2026-01-02T03:04:05Z never HASH | a submitter needs an owner",
                "t-00000001 a/b viewer 2026-01-02T03:04:05Z never HASH | the owner is 'a/b'",
                "t-00000001 a viewer yesterday never HASH | the creation is 'yesterday'",
                "t-00000001 a viewer 2026-01-02T03:04:05Z soon HASH | the expiry is 'soon'",
                "t-00000001 a viewer 2026-01-02T03:04:05Z never abc | the hash must be 64 hexadecimal digits",
                "alice a viewer 2026-01-02T03:04:05Z never HASH | the id is 'alice'",
            })
    @DisplayName("is refused where a line is wrong, by its number")
    void wrongLines(String line, String message) {
        String text = "# tokens\n\n" + line.replace("HASH", HASH) + "\n";

        assertThatThrownBy(() -> TokenList.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 3: ")
                .hasMessageContaining(message);
    }

    @Test
    @DisplayName("is refused where an id is there twice")
    void twice() {
        String line = "t-00000001 a viewer 2026-01-02T03:04:05Z never " + HASH + "\n";

        assertThatThrownBy(() -> TokenList.parse(line + line)).hasMessageContaining("an id is there twice");
    }

    @Test
    @DisplayName("takes no life of a token that is none")
    void life() {
        assertThatThrownBy(() -> issuer.issue("a", Role.VIEWER, Duration.ZERO))
                .hasMessageContaining("1 s to 3650 days");
        assertThatThrownBy(() -> issuer.issue("a", Role.VIEWER, Duration.ofDays(4_000)))
                .hasMessageContaining("1 s to 3650 days");
    }
}
