package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The address of a client")
@Timeout(30)
class ClientAddressTest {
    private static String seen(boolean trustProxy, String... forwarded) throws Exception {
        try (LoopbackServer server = new LoopbackServer(HttpLimits.USUAL, routes -> {
            routes.open(
                    "GET",
                    "/",
                    call -> Answer.json(200, Map.of("from", call.client())).now());
            if (trustProxy) {
                routes.trustProxy();
            }
        })) {
            HttpRequest.Builder request = server.request("/");
            for (String field : forwarded) {
                request.header("X-Forwarded-For", field);
            }
            return server.send(request).body().replaceAll(".*\"from\":\"([^\"]*)\".*", "$1");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    192.0.2.7                               | 192.0.2.7
                    10.9.9.9, 192.0.2.7                     | 192.0.2.7
                    192.0.2.7:4711                          | 192.0.2.7
                    2001:db8::1                             | 2001:db8:0:0:0:0:0:1
                    203.0.113.1,[2001:DB8::1]:443           | 2001:db8:0:0:0:0:0:1
                    ::ffff:192.0.2.7                        | 192.0.2.7
                    unknown                                 | 127.0.0.1
                    192.0.2.7, localhost                    | 127.0.0.1
                    192.0.2.256                             | 127.0.0.1
                    1:2:3                                   | 127.0.0.1
                    192.0.2.7,                              | 127.0.0.1
                    """)
    @DisplayName("is the last one that a trusted proxy names, or the proxy's own where that is none")
    void trusted(String forwarded, String expected) throws Exception {
        assertThat(seen(true, forwarded)).isEqualTo(expected);
    }

    @Test
    @DisplayName("is in the last of several fields, and the proxy's own where there is none")
    void fields() throws Exception {
        assertThat(seen(true, "10.9.9.9", "192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(seen(true)).isEqualTo("127.0.0.1");
    }

    @Test
    @DisplayName("is where the connection comes from, whatever a client says, if no proxy is trusted")
    void untrusted() throws Exception {
        assertThat(seen(false, "192.0.2.7")).isEqualTo("127.0.0.1");
    }

    @Test
    @DisplayName("counts as its network where a network has so many addresses that each machine can take thousands")
    void networks() {
        assertThat(ClientAddress.network("192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(ClientAddress.network("2001:db8:0:7:1:2:3:4"))
                .isEqualTo(ClientAddress.network("2001:db8:0:7::9"))
                .isNotEqualTo(ClientAddress.network("2001:db8:0:8::9"))
                .isEqualTo("2001:db8:0:7:0:0:0:0/64");
        assertThat(ClientAddress.network("[::1]")).isEqualTo("0:0:0:0:0:0:0:0/64");
        assertThat(ClientAddress.network("unknown")).isEqualTo("unknown");
    }
}
