package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A call that a browser makes")
class OriginCheckTest {
    private static LoopbackServer server;

    OriginCheckTest() {}

    @BeforeAll
    static void start() throws IOException {
        server = new LoopbackServer(
                HttpLimits.USUAL,
                routes -> routes.open(
                                "POST", "/thing", call -> Answer.empty(204).now())
                        .open("PUT", "/thing", call -> Answer.empty(204).now())
                        .open("PATCH", "/thing", call -> Answer.empty(204).now())
                        .open("DELETE", "/thing", call -> Answer.empty(204).now())
                        .open("GET", "/thing", call -> Answer.empty(204).now()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** HERE stands for host and port of the server. */
    private static String send(String method, String host, String fields) throws IOException {
        String here = "localhost:" + server.server.port();
        return server.raw(method + " /thing HTTP/1.1\r\nHost: " + host.replace("HERE", here) + "\r\n"
                + fields.replace("HERE", here).replace(" | ", "\r\n")
                + (fields.isEmpty() ? "" : "\r\n") + "Content-Length: 0\r\nConnection: close\r\n\r\n");
    }

    @ParameterizedTest(name = "{0} with {2}")
    @DisplayName("for a page of another site and would change something is refused")
    @CsvSource(
            delimiter = ';',
            value = {
                "POST; HERE; Origin: http://evil.example",
                "PUT; HERE; Origin: http://evil.example",
                "PATCH; HERE; Origin: http://evil.example",
                "DELETE; HERE; Origin: http://evil.example",
                "POST; HERE; Origin: null",
                "POST; HERE; Origin: nonsense",
                "POST; HERE; Origin: http://localhost:1",
                "POST; HERE; Origin: http://localhost",
                "POST; HERE; Origin: https://localhost",
                "POST; HERE; Origin: http://HERE@evil.example",
                "POST; HERE; Origin: http://HERE.evil.example",
                "POST; HERE; Sec-Fetch-Site: cross-site",
                "POST; HERE; Sec-Fetch-Site: same-site",
                "POST; HERE; Sec-Fetch-Site: cross-site | Origin: http://HERE",
            })
    void refusesForeign(String method, String host, String fields) throws IOException {
        assertThat(send(method, host, fields))
                .startsWith("HTTP/1.1 403")
                .contains("urn:renderfleet:problem:cross-origin")
                .contains("not this server's");
    }

    @ParameterizedTest(name = "{0} at {1} with {2}")
    @DisplayName("for a page of its own, or that changes nothing, goes through; so does one without a browser")
    @CsvSource(
            delimiter = ';',
            value = {
                "GET; HERE; Origin: http://evil.example",
                "GET; HERE; Sec-Fetch-Site: cross-site",
                "POST; HERE; ''",
                "POST; HERE; Origin: http://HERE",
                "POST; HERE; Sec-Fetch-Site: same-origin",
                "POST; HERE; Sec-Fetch-Site: none",
                "POST; HERE; Sec-Fetch-Site: same-origin | Origin: https://farm.example",
                "POST; farm.example; Origin: https://farm.example",
                "POST; farm.example; Origin: http://FARM.example",
                "POST; farm.example:8443; Origin: https://farm.example:8443",
                "POST; [::1]:4000; Origin: http://[::1]:4000",
            })
    void takesOurs(String method, String host, String fields) throws IOException {
        assertThat(send(method, host, fields)).startsWith("HTTP/1.1 204");
    }
}
