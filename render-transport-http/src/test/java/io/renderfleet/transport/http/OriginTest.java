package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.answer;
import static io.renderfleet.transport.http.Given.batch;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.job;
import static io.renderfleet.transport.http.Given.json;
import static io.renderfleet.transport.http.Given.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.eclipse.jetty.client.HttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Tokens and redirects")
class OriginTest {
    private final MockWebServer server = new MockWebServer();
    private final MockWebServer elsewhere = new MockWebServer();
    private final HttpTransport transport = HttpTransport.builder()
            .token("s3cret")
            .callTimeout(Duration.ofSeconds(10))
            .build();

    @BeforeEach
    void start() throws Exception {
        server.start();
        elsewhere.start();
    }

    @AfterEach
    void stop() {
        transport.close();
        server.close();
        elsewhere.close();
    }

    @Test
    @DisplayName("send the token with every call to the node")
    void token() throws Exception {
        server.enqueue(json(202, "{}").addHeader("Location", "/job/j-1").build());
        server.enqueue(json(202, "{}").build());

        ended(transport.submit(target(server), batch()));
        ended(transport.poll(job(server), Duration.ZERO, null));

        for (int i = 0; i < 2; i++) {
            assertThat(server.takeRequest().getHeaders().get("Authorization")).isEqualTo("Bearer s3cret");
        }
    }

    @Test
    @DisplayName("send each node its own token")
    void tokenOfEachNode() throws Exception {
        URI first = target(server).address();
        HttpTransport own = HttpTransport.builder()
                .tokens(node -> node.equals(first) ? Optional.of("one") : Optional.empty())
                .build();
        server.enqueue(json(200, "{}").build());
        elsewhere.enqueue(json(200, "{}").build());

        ended(own.describe(target(server)));
        ended(own.describe(target(elsewhere)));

        assertThat(server.takeRequest().getHeaders().get("Authorization")).isEqualTo("Bearer one");
        assertThat(elsewhere.takeRequest().getHeaders().get("Authorization")).isNull();
        own.close();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("follow a redirect on the same origin, with method, body and token")
    @ValueSource(ints = {307, 308})
    void follows(int status) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .addHeader("Location", "/v2/job")
                .body("moved")
                .build());
        server.enqueue(answer(202).addHeader("Location", "/job/j-1").build());

        assertThat(ended(transport.submit(target(server), batch()))).isInstanceOf(SubmitOutcome.Accepted.class);

        RecordedRequest first = server.takeRequest();
        RecordedRequest second = server.takeRequest();
        assertThat(second.getRequestLine()).isEqualTo("POST /v2/job HTTP/1.1");
        assertThat(second.getBody()).isEqualTo(first.getBody());
        assertThat(second.getHeaders().get("Authorization")).isEqualTo("Bearer s3cret");
        assertThat(second.getHeaders().get("Idempotency-Key")).isEqualTo("f-1/1/3");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("never follow a redirect elsewhere")
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNowhereElse(int status) throws Exception {
        for (int i = 0; i < 2; i++) {
            server.enqueue(new MockResponse.Builder()
                    .code(status)
                    .addHeader("Location", "http://127.0.0.1:" + elsewhere.getPort() + "/job/j-1")
                    .build());
        }

        assertThat(ended(transport.poll(job(server), Duration.ZERO, null)))
                .isEqualTo(new PollOutcome.Unreachable("it sends elsewhere, which is not followed"));
        SubmitOutcome submitted = ended(transport.submit(target(server), batch()));
        assertThat(submitted).isNotInstanceOf(SubmitOutcome.Accepted.class);
        assertThat(elsewhere.getRequestCount()).isZero();
    }

    @Test
    @DisplayName("never post again to where a 303 leads")
    void seeOther() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(303)
                .addHeader("Location", "/job/j-1")
                .build());

        assertThat(ended(transport.submit(target(server), batch()))).isInstanceOf(SubmitOutcome.Rejected.class);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("follow no circles")
    void circles() throws Exception {
        for (int i = 0; i < 10; i++) {
            server.enqueue(new MockResponse.Builder()
                    .code(307)
                    .addHeader("Location", "/job/j-1")
                    .build());
        }

        assertThat(ended(transport.poll(job(server), Duration.ZERO, null)))
                .isEqualTo(new PollOutcome.Unreachable("it redirects in circles"));
        assertThat(server.getRequestCount()).isEqualTo(4);
    }

    @Test
    @DisplayName("go to the addresses that are set for a host, whatever its name leads to")
    void addresses() throws Exception {
        List<InetAddress> here = List.of(InetAddress.getLoopbackAddress());
        List<InetAddress> nobody = List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 9}));
        server.enqueue(json(200, "{\"id\": \"n-1\"}").build());
        try (HttpTransport bound = HttpTransport.builder()
                .addresses((host, port) -> host.equals("node-1.invalid") ? here : nobody)
                .build()) {
            Target byName = new Target.Machine(URI.create("http://node-1.invalid:" + server.getPort()));
            Target rebound = new Target.Machine(URI.create("http://localhost:" + server.getPort()));

            assertThat(ended(bound.describe(byName))).isInstanceOf(DescribeOutcome.Described.class);
            assertThat(server.takeRequest().getHeaders().get("Host")).isEqualTo("node-1.invalid:" + server.getPort());
            assertThat(ended(bound.describe(rebound)))
                    .isInstanceOfSatisfying(
                            DescribeOutcome.Unreachable.class,
                            unreachable -> assertThat(unreachable.cause()).contains("no connection"));
            assertThat(server.getRequestCount()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("refuse a client that would follow redirects, and a token that is none, without showing it")
    void refused() {
        HttpClient follows = new HttpClient();
        HttpClient asleep = new HttpClient();
        asleep.setFollowRedirects(false);

        assertThatThrownBy(() -> HttpTransport.builder().client(follows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("setFollowRedirects(false)");
        assertThatThrownBy(() -> HttpTransport.builder().client(asleep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("start()");
        assertThatThrownBy(() -> HttpTransport.builder().token("s3cret with spaces\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> HttpTransport.builder().callTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("callTimeout");
        assertThatThrownBy(() -> HttpTransport.builder().maxListBytes(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("work over a client of one's own, which is made to speak HTTP/1.1")
    void ownClient() throws Exception {
        HttpClient client = new HttpClient();
        client.setFollowRedirects(false);
        client.start();
        HttpTransport own = HttpTransport.builder().client(client).build();
        server.enqueue(json(202, "{}").build());

        ended(own.poll(job(server), Duration.ZERO, null));

        RecordedRequest request = server.takeRequest();
        assertThat(request.getVersion()).isEqualTo("HTTP/1.1");
        assertThat(Objects.requireNonNullElse(request.getHeaders().get("Connection"), ""))
                .doesNotContain("Upgrade");
        own.close();
        assertThat(client.isStarted()).isTrue();
        client.stop();
    }
}
