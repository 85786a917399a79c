package io.renderfleet.transport.http.header;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("If-None-Match")
class EntityTagsTest {

    @ParameterizedTest(name = "{0}")
    @DisplayName("matches a state that it names, weakly")
    @ValueSource(strings = {"\"a1\"", "W/\"a1\"", "\"x\", \"a1\"", "W/\"x\",W/\"a1\" , \"y\"", "*", " \"a1\" "})
    void matches(String value) {
        assertThat(EntityTags.parse(value))
                .hasValueSatisfying(tags -> assertThat(tags.match("a1")).isTrue());
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("does not match other states")
    @ValueSource(strings = {"\"a\"", "\"a12\"", "W/\"A1\"", "\"\""})
    void doesNotMatch(String value) {
        assertThat(EntityTags.parse(value))
                .hasValueSatisfying(tags -> assertThat(tags.match("a1")).isFalse());
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("is ignored where it is garbled")
    @ValueSource(strings = {"", "a1", "\"a1", "a1\"", "\"a1\" \"x\"", "w/\"a1\"", "\"a1\",x"})
    void isIgnored(String value) {
        assertThat(EntityTags.parse(value)).isEmpty();
    }

    @Test
    @DisplayName("is read back as it was written")
    void isWritten() {
        assertThat(EntityTags.parse(EntityTags.weak("a1") + ", " + EntityTags.strong("b2")))
                .hasValueSatisfying(tags -> assertThat(tags.tags()).containsExactlyInAnyOrder("a1", "b2"));
        assertThat(EntityTags.parse(null)).isEmpty();
    }
}
