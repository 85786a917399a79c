package io.renderfleet.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Where content lies in a bucket")
class S3LocationTest {
    @Test
    @DisplayName("is an address of bucket and prefix, and may be at another server")
    void parts() {
        S3Location whole = S3Location.parse("s3://renders/farm-1/blobs/")
                .at(URI.create("http://minio:9000"))
                .in("eu-central-1")
                .pathStyle(true);

        assertThat(whole)
                .isEqualTo(new S3Location(
                        "renders", "farm-1/blobs/", URI.create("http://minio:9000"), "eu-central-1", true))
                .hasToString("s3://renders/farm-1/blobs at http://minio:9000");
        assertThat(S3Location.parse("s3://renders")).isEqualTo(new S3Location("renders", "", null, null, false));
    }

    @ParameterizedTest
    @DisplayName("is refused where it is none")
    @ValueSource(
            strings = {
                "s3://",
                "s3://ab",
                "s3://UPPER",
                "s3://me:secret@renders",
                "s3://renders//x",
                "/mnt/x",
                "s3://renders/a?b"
            })
    void refuses(String address) {
        assertThatThrownBy(() -> S3Location.parse(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + address + "' must be like s3://bucket or s3://bucket/prefix");
    }

    @Test
    @DisplayName("has no secret in it, and no region that is none")
    void refusesServers() {
        S3Location here = S3Location.parse("s3://renders");

        assertThatThrownBy(() -> here.at(URI.create("ftp://minio"))).hasMessageContaining("https://s3.example:9000");
        assertThatThrownBy(() -> here.at(URI.create("http://me:secret@minio")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://s3.example:9000");
        assertThatThrownBy(() -> here.in("Europe!")).hasMessage("'Europe!' must be like eu-central-1");
    }
}
