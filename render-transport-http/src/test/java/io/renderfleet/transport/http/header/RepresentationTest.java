package io.renderfleet.transport.http.header;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Accept")
class RepresentationTest {

    @ParameterizedTest(name = "''{0}'' gets {1}")
    @DisplayName("decides between JSON and text")
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|JSON",
                "APPLICATION/JSON|JSON",
                "application/problem+json|JSON",
                "application/*|JSON",
                "text/plain|TEXT",
                "text/*|TEXT",
                "text/plain;charset=utf-8|TEXT",
                "application/json;q=0.5, text/plain|TEXT",
                "application/json, text/plain;q=0.9|JSON",
                "text/plain;q=0.1, */*|JSON",
                "application/json;q=0, */*|TEXT",
                "*/*;q=0.2, text/plain;q=0.3|TEXT",
            })
    void decides(String accept, Representation expected) {
        assertThat(Representation.negotiate(accept, Representation.JSON)).isEqualTo(expected);
        assertThat(Representation.negotiate(accept, Representation.TEXT)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "''{0}''")
    @DisplayName("leaves it to the endpoint where both are as good, or neither is wanted")
    @ValueSource(
            strings = {
                "*/*",
                "",
                "image/png",
                "garbage",
                "application/json, text/plain",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "application/json;q=0",
                ";;;,,,",
            })
    void leavesItToTheEndpoint(String accept) {
        assertThat(Representation.negotiate(accept, Representation.JSON)).isEqualTo(Representation.JSON);
        assertThat(Representation.negotiate(accept, Representation.TEXT)).isEqualTo(Representation.TEXT);
    }

    @ParameterizedTest
    @DisplayName("that is missing leaves it to the endpoint")
    @EnumSource
    void isMissing(Representation byDefault) {
        assertThat(Representation.negotiate(null, byDefault)).isEqualTo(byDefault);
    }

    @Test
    @DisplayName("decides about the form of problems too")
    void problems() {
        assertThat(Representation.JSON.problemType()).isEqualTo("application/problem+json");
        assertThat(Representation.TEXT.problemType()).startsWith("text/plain");
    }
}
