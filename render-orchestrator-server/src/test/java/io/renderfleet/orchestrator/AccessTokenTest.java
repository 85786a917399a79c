package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.auth.Role;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A file of tokens")
class AccessTokenTest {
    private static final String TOKEN = "a-token-of-some-length";

    AccessTokenTest() {}

    @Test
    @DisplayName("gives each token its role and its name; a token alone may do everything")
    void reads() {
        List<AccessToken> tokens = AccessToken.parse(
                "--token-file t",
                List.of(TOKEN, TOKEN + "2  viewer", TOKEN + "3 submitter\talice", TOKEN + "4 node n-1"));

        assertThat(tokens)
                .containsExactly(
                        new AccessToken(TOKEN, Role.ADMIN, null),
                        new AccessToken(TOKEN + "2", Role.VIEWER, null),
                        new AccessToken(TOKEN + "3", Role.SUBMITTER, "alice"),
                        new AccessToken(TOKEN + "4", Role.NODE, "n-1"));
        assertThat(tokens.toString()).doesNotContain(TOKEN);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "short | a token must have 16 to 4096",
                "a-token-of-some-length boss | ROLE is no role: it must be one of viewer, submitter, operator, node, admin",
                "a-token-of-some-length submitter | a submitter needs a NAME",
                "a-token-of-some-length viewer a/b | NAME is 'a/b'",
                "a-token-of-some-length viewer a b | the line has 4 words: it must be TOKEN, or TOKEN ROLE",
            })
    @DisplayName("is refused where a line is wrong, by the number of the token and without showing it")
    void refuses(String line, String message) {
        assertThatThrownBy(() -> AccessToken.parse("--token-file t", List.of(TOKEN, line)))
                .hasMessageStartingWith("--token-file t, token 2: ")
                .hasMessageContaining(message)
                .message()
                .doesNotContain(TOKEN);
    }

    @Test
    @DisplayName("is refused where a token is there twice")
    void twice() {
        List<AccessToken> tokens = AccessToken.parse("t", List.of(TOKEN, TOKEN + " viewer"));

        assertThatThrownBy(() -> new Access(tokens, List.of(), false)).hasMessageContaining("twice");
    }
}
