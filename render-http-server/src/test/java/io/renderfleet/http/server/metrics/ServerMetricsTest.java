package io.renderfleet.http.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.Caller;
import io.renderfleet.http.server.Callers;
import io.renderfleet.http.server.HttpLimits;
import io.renderfleet.http.server.ListeningServer;
import io.renderfleet.http.server.Router;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The measurements of a server")
class ServerMetricsTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final ServerMetrics metrics = new ServerMetrics();
    private ListeningServer server;

    @BeforeEach
    void start() throws IOException {
        Router.Builder routes = Router.builder()
                .callers(Callers.everybody(new Caller("anybody", Set.of())))
                .observer(metrics.observer())
                .route("GET", "/metrics", metrics.endpoint())
                .route("GET", "/things/{id}", call -> Answer.empty(204).now());
        server =
                ListeningServer.start(Binding.plain("127.0.0.1", 0), routes.build(), routes.errors(), HttpLimits.USUAL);
    }

    @AfterEach
    void stop() {
        server.close();
        metrics.close();
    }

    @Test
    @DisplayName("name routes, not what clients make up")
    void routes() throws Exception {
        send("GET", "/things/1", "*/*");
        send("GET", "/things/2", "*/*");
        send("BREW", "/made-up", "*/*");

        assertThat(send("GET", "/metrics", "*/*").body())
                .contains("http_server_requests_seconds_count{method=\"GET\",status=\"204\",uri=\"/things/{id}\"} 2")
                .contains("http_server_requests_seconds_count{method=\"other\",status=\"404\",uri=\"none\"} 1")
                .doesNotContain("made-up")
                .doesNotContain("BREW");
    }

    @Test
    @DisplayName("come in Prometheus' format, or in that of OpenMetrics where it is asked for")
    void formats() throws Exception {
        HttpResponse<String> usual = send("GET", "/metrics", "*/*");
        HttpResponse<String> open = send("GET", "/metrics", "application/openmetrics-text;version=1.0.0,*/*;q=0.1");

        assertThat(usual.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
        assertThat(usual.body()).contains("# TYPE jvm_memory_used_bytes gauge").contains("process_files_open_files");
        assertThat(open.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    private HttpResponse<String> send(String method, String path, String accept) throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.uri().resolve(path))
                        .method(method, BodyPublishers.noBody())
                        .header("Accept", accept)
                        .build(),
                BodyHandlers.ofString());
    }
}
