package io.renderfleet.transport.http.header;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Accept, between a picture and JSON,")
class MediaRangesTest {
    MediaRangesTest() {}

    private static boolean prefersJson(String accept) {
        return MediaRanges.prefers(accept, "application/json", "image/*");
    }

    @ParameterizedTest(name = "''{0}''")
    @DisplayName("asks for JSON where that is liked better")
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON; charset=utf-8",
                "application/*",
                "text/html, application/json",
                "application/json, */*;q=0.8",
                "image/*;q=0.2, application/json;q=0.3"
            })
    void json(String accept) {
        assertThat(prefersJson(accept)).isTrue();
    }

    @ParameterizedTest(name = "''{0}''")
    @DisplayName("leaves it at the picture otherwise")
    @ValueSource(
            strings = {
                "",
                "*/*",
                "image/png",
                "application/json, */*",
                "application/json;q=0",
                "application/json;q=0, */*",
                "image/*, application/json;q=0.9",
                "image/avif,image/webp,*/*;q=0.8",
                ";;,,"
            })
    void picture(String accept) {
        assertThat(prefersJson(accept)).isFalse();
    }

    @Test
    @DisplayName("means nothing where it is missing")
    void missing() {
        assertThat(MediaRanges.prefers(null, "application/json", "image/*")).isFalse();
    }
}
