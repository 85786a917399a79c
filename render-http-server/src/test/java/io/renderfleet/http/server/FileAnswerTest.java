package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A file")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FileAnswerTest {
    private static final String TAG = "abc";
    private static final String ETAG = "\"abc\"";

    private LoopbackServer server;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("f.txt"), "0123456789");
        Path empty = Files.createFile(folder.resolve("empty"));
        Path large = Files.write(folder.resolve("large"), new byte[3_000_000]);
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        server = new LoopbackServer(
                HttpLimits.USUAL,
                routes -> routes.route(
                                "GET",
                                "/file",
                                call -> Answer.file(file, "text/plain", TAG).now())
                        .route(
                                "GET",
                                "/growing",
                                call -> Answer.file(file, "text/plain", null).now())
                        .route(
                                "GET",
                                "/empty",
                                call -> Answer.file(empty, "text/plain", null).now())
                        .route(
                                "GET",
                                "/large",
                                call -> Answer.file(large, "image/png", null).now())
                        .route(
                                "GET",
                                "/link",
                                call -> Answer.file(link, "image/png", null).now())
                        .route(
                                "GET",
                                "/gone",
                                call -> Answer.file(folder.resolve("gone"), "text/plain", TAG)
                                        .now()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{0} → {1} {2}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "bytes=0-3 | 206 | 0123 | bytes 0-3/10",
                "bytes=8- | 206 | 89 | bytes 8-9/10",
                "bytes=-3 | 206 | 789 | bytes 7-9/10",
                "bytes=5-99 | 206 | 56789 | bytes 5-9/10",
                "bytes=10- | 416 | '' | bytes */10",
                "bytes=0-1,4-5 | 200 | 0123456789 | -",
                "lines=1-2 | 200 | 0123456789 | -",
                "bytes=abc | 200 | 0123456789 | -"
            })
    @DisplayName("is sent in the range that was asked for")
    void ranges(String range, int status, String body, String contentRange) throws Exception {
        HttpResponse<String> response = server.send(server.request("/file").header("Range", range));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.headers().firstValue("Content-Range").orElse(null)).isEqualTo(contentRange);
        assertThat(response.headers().firstValue("Accept-Ranges")).contains("bytes");
    }

    @Test
    @DisplayName("is sent whole if it is another one than the range was meant for")
    void ifRange() throws Exception {
        assertThat(server.send(server.request("/file").headers("Range", "bytes=0-3", "If-Range", "\"old\""))
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.send(server.request("/file").headers("Range", "bytes=0-3", "If-Range", ETAG))
                        .statusCode())
                .isEqualTo(206);
    }

    @Test
    @DisplayName("is not sent again to who has it")
    void notModified() throws Exception {
        for (String known : new String[] {ETAG, "W/" + ETAG, "\"x\", " + ETAG, "*"}) {
            HttpResponse<String> response = server.send(server.request("/file").header("If-None-Match", known));
            assertThat(response.statusCode()).as(known).isEqualTo(304);
            assertThat(response.headers().firstValue("ETag")).contains(ETAG);
        }
        assertThat(server.send(server.request("/file").header("If-None-Match", "\"other\""))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("tells its size and sends nothing for HEAD")
    void head() throws Exception {
        HttpResponse<String> response = server.send(server.request("/file").method("HEAD", BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Length")).contains("10");
        assertThat(response.body()).isEmpty();
    }

    @Test
    @DisplayName("may be empty, or larger than any buffer")
    void sizes() throws Exception {
        assertThat(server.get("/empty").statusCode()).isEqualTo(200);
        assertThat(server.get("/empty").body()).isEmpty();
        assertThat(server.get("/large").body()).hasSize(3_000_000);
    }

    @Test
    @DisplayName("that is gone is a 404, and a link is not followed")
    void gone() throws Exception {
        assertThat(server.get("/gone").statusCode()).isEqualTo(404);
        assertThat(server.get("/gone").headers().firstValue("ETag")).isEmpty();
        assertThat(server.get("/link").statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(server.get("/link").body()).doesNotContain("0123456789");
    }
}
