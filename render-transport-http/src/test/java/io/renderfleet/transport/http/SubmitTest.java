package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.answer;
import static io.renderfleet.transport.http.Given.batch;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.json;
import static io.renderfleet.transport.http.Given.problem;
import static io.renderfleet.transport.http.Given.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.transport.http.wire.JobOrder;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Reading;
import io.renderfleet.transport.http.wire.Wire;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Handing a batch over")
class SubmitTest extends TransportScenario {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final SocketEffect CLOSE = new SocketEffect.CloseSocket();

    SubmitTest() {
        super(HttpTransport.builder()
                .callTimeout(Duration.ofSeconds(10))
                .clock(InstantSource.fixed(NOW))
                .build());
    }

    @Test
    @DisplayName("posts what the protocol shows, with attempt, key and trace, over HTTP/1.1")
    void request() throws Exception {
        server.enqueue(answer(202).addHeader("Location", "/job/j-1").build());
        Assignment plain = batch();
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Assignment traced = new Assignment(
                plain.job(),
                plain.batch(),
                plain.attempt(),
                plain.key(),
                plain.frames(),
                plain.scene(),
                plain.settings(),
                plain.output(),
                Duration.ofHours(1),
                null,
                ScenePolicy.DEFAULT,
                trace);

        ended(transport.submit(target(server), traced));

        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /job HTTP/1.1");
        assertThat(request.getHeaders().get("Attempt")).isEqualTo("f-1/2/3");
        assertThat(request.getHeaders().get("Idempotency-Key")).isEqualTo("f-1/1/3");
        assertThat(request.getHeaders().get("traceparent")).isEqualTo(trace);
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
        assertThat(request.getHeaders().get("Upgrade")).isNull();
        assertThat(request.getHeaders().get("Authorization")).isNull();
        Reading<JobOrder> read =
                Wire.readJob(Objects.requireNonNull(request.getBody()).toByteArray());
        assertThat(read)
                .isInstanceOfSatisfying(
                        Reading.Good.class,
                        good -> assertThat(((JobOrder) good.value()).timeout()).isEqualTo(Duration.ofHours(1)));
    }

    @Test
    @DisplayName("leaves a trace away that is none")
    void noTrace() throws Exception {
        server.enqueue(answer(202).addHeader("Location", "/job/j-1").build());
        Assignment plain = batch();

        ended(transport.submit(
                target(server),
                new Assignment(
                        plain.job(),
                        plain.batch(),
                        plain.attempt(),
                        plain.key(),
                        plain.frames(),
                        plain.scene(),
                        plain.settings(),
                        plain.output(),
                        null,
                        null,
                        ScenePolicy.DEFAULT,
                        "x\r\nHost: evil")));

        assertThat(server.takeRequest().getHeaders().get("traceparent")).isNull();
    }

    static Stream<Arguments> places() {
        return Stream.of(
                arguments("/job/j-1", "{}", "j-1"),
                arguments("job/j-1", "{}", "j-1"),
                arguments("http://127.0.0.1:PORT/job/j-1", "{}", "j-1"),
                arguments("/status/17", "{}", "/status/17"),
                arguments("/status?id=17", "{}", "/status?id=17"),
                arguments("/job/j-1", "{\"id\":\"other\"}", "j-1"),
                arguments("http://elsewhere.example/job/j-1", "{\"id\":\"j-2\",\"pid\":3}", "j-2"),
                arguments("http://127.0.0.1:1/job/j-1", "{\"pid\":3}", "3"),
                arguments("https://127.0.0.1:PORT/job/j-1", "{\"pid\":3}", "3"),
                arguments("//elsewhere.example/job/j-1", "{\"pid\":3}", "3"),
                arguments("http://[broken", "{\"pid\":3}", "3"),
                arguments("", "{\"pid\":3}", "3"));
    }

    @ParameterizedTest(name = "{0} with {1}: {2}")
    @DisplayName("learns the job's id from a Location on the same origin, else from the body")
    @MethodSource("places")
    void learnsTheId(String location, String body, String id) throws Exception {
        MockResponse.Builder response = json(202, body);
        if (!location.isEmpty()) {
            response.addHeader("Location", location.replace("PORT", Integer.toString(server.getPort())));
        }
        server.enqueue(response.build());

        SubmitOutcome outcome = ended(transport.submit(target(server), batch()));

        assertThat(outcome)
                .isEqualTo(new SubmitOutcome.Accepted(new RemoteJob(target(server), id, Given.NODE_ID), null));
    }

    @Test
    @DisplayName("works below a path in front of the node")
    void belowAPath() throws Exception {
        server.enqueue(answer(202).addHeader("Location", "/farm/a/job/j-1").build());
        Target target = new Target.Machine(URI.create("http://127.0.0.1:" + server.getPort() + "/farm/a/"));

        SubmitOutcome outcome = ended(transport.submit(target, batch()));

        assertThat(server.takeRequest().getTarget()).isEqualTo("/farm/a/job");
        assertThat(outcome).isEqualTo(new SubmitOutcome.Accepted(new RemoteJob(target, "j-1", Given.NODE_ID), null));
    }

    @Test
    @DisplayName("refuses a node that takes it without saying where to ask")
    void nowhereToAsk() throws Exception {
        server.enqueue(answer(202).body("Job accepted").build());

        assertThat(ended(transport.submit(target(server), batch())))
                .isInstanceOfSatisfying(
                        SubmitOutcome.Rejected.class,
                        rejected -> assertThat(rejected.failure().message()).contains("without saying where"));
    }

    @ParameterizedTest(name = "Retry-After: {0} means {1} s")
    @DisplayName("hears when to come again")
    @CsvSource(
            delimiter = '|',
            value = {
                "7|7",
                "Tue, 24 Nov 2026 10:00:09 GMT|9",
                "Tue, 24 Nov 2026 09:59:59 GMT|",
                "|",
                "0|",
                "-3|",
                "soon|",
                "1.5|",
                "86400|300",
                "99999999999999999999|300",
                "Wed, 24 Nov 2100 10:00:00 GMT|300",
            })
    void retryAfter(String value, Long seconds) throws Exception {
        Duration expected = seconds == null ? null : Duration.ofSeconds(seconds);
        for (int status : new int[] {202, 429, 503}) {
            MockResponse.Builder response = answer(status).addHeader("Location", "/job/j-1");
            if (value != null) {
                response.addHeader("Retry-After", value);
            }
            server.enqueue(response.build());
        }

        assertThat(ended(transport.submit(target(server), batch())))
                .isEqualTo(new SubmitOutcome.Accepted(new RemoteJob(target(server), "j-1", Given.NODE_ID), expected));
        assertThat(ended(transport.submit(target(server), batch()))).isEqualTo(new SubmitOutcome.Throttled(expected));
        assertThat(ended(transport.submit(target(server), batch()))).isEqualTo(new SubmitOutcome.SlotsTaken(expected));
    }

    @Test
    @DisplayName("tells a full node from one that drains, and both from a newer coordinator")
    void refusals() throws Exception {
        server.enqueue(
                problem(ProblemType.SLOTS_TAKEN).addHeader("Retry-After", "5").build());
        server.enqueue(problem(ProblemType.DRAINING).build());
        server.enqueue(problem(ProblemType.STALE_EPOCH).build());

        assertThat(ended(transport.submit(target(server), batch())))
                .isEqualTo(new SubmitOutcome.SlotsTaken(Duration.ofSeconds(5)));
        assertThat(ended(transport.submit(target(server), batch()))).isEqualTo(new SubmitOutcome.Draining(null));
        assertThat(ended(transport.submit(target(server), batch()))).isEqualTo(new SubmitOutcome.Fenced());
    }

    @Test
    @DisplayName("hears that the scene must be sent first, if it can be sent")
    void sceneMissing() throws Exception {
        for (int i = 0; i < 2; i++) {
            server.enqueue(problem(Problem.impossible(Failure.of(FailureKind.SCENE_NOT_HERE, "no shot.blend")))
                    .build());
        }
        Scene local = new Scene.Local(Path.of("shot.blend"), null, new Sha256("ab".repeat(32)));

        assertThat(ended(transport.submit(target(server), batch(local)))).isEqualTo(new SubmitOutcome.SceneMissing());
        assertThat(ended(transport.submit(target(server), batch(Scene.onNodes("shot.blend")))))
                .isEqualTo(new SubmitOutcome.Rejected(Failure.of(FailureKind.SCENE_NOT_HERE, "no shot.blend")));
    }

    @ParameterizedTest
    @DisplayName("hears why a request is impossible")
    @EnumSource(names = {"UNSUPPORTED_SETTING", "ENGINE_UNAVAILABLE", "UNSUPPORTED_FORMAT", "NO_CAMERA"})
    void impossible(FailureKind kind) throws Exception {
        server.enqueue(problem(Problem.impossible(Failure.of(kind, "why not"))).build());

        assertThat(ended(transport.submit(target(server), batch())))
                .isEqualTo(new SubmitOutcome.Rejected(Failure.of(kind, "why not")));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("does not come again with what is wrong by itself")
    @ValueSource(ints = {400, 411, 413, 415, 431})
    void wrongByItself(int status) throws Exception {
        server.enqueue(answer(status).body("no").build());

        assertThat(ended(transport.submit(target(server), batch())))
                .isInstanceOfSatisfying(SubmitOutcome.Rejected.class, rejected -> {
                    assertThat(rejected.failure().kind()).isEqualTo(FailureKind.INVALID_REQUEST);
                    assertThat(rejected.failure().message()).contains(Integer.toString(status));
                });
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("takes an answer of somebody who is not the node for no acceptance")
    @ValueSource(ints = {401, 403, 404, 405, 421})
    void notTheNode(int status) throws Exception {
        server.enqueue(
                new MockResponse.Builder().code(status).body("<html>no</html>").build());

        assertThat(ended(transport.submit(target(server), batch())))
                .isEqualTo(new SubmitOutcome.Unreachable("it answered " + status, false));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("does not know whether a broken server took it")
    @ValueSource(ints = {500, 502, 504})
    void broken(int status) throws Exception {
        server.enqueue(new MockResponse.Builder().code(status).body("a\r\nb").build());

        assertThat(ended(transport.submit(target(server), batch())))
                .isEqualTo(new SubmitOutcome.Unreachable("it answered " + status + ": a b", true));
    }

    @Test
    @DisplayName("knows that a refused connection carried nothing")
    void refusedConnection() throws Exception {
        int port = server.getPort();
        server.close();

        assertThat(ended(transport.submit(target(port), batch())))
                .isInstanceOfSatisfying(SubmitOutcome.Unreachable.class, unreachable -> {
                    assertThat(unreachable.maybeAccepted()).isFalse();
                    assertThat(unreachable.cause().toLowerCase(Locale.ROOT)).contains("refused");
                });
    }

    @Test
    @DisplayName("knows that an unknown host got nothing")
    void unknownHost() throws Exception {
        Target nowhere = new Target.Machine(URI.create("http://nowhere.invalid:3000"));

        assertThat(ended(transport.submit(nowhere, batch())))
                .isEqualTo(new SubmitOutcome.Unreachable("its host name is unknown", false));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("refuses an address that HTTP cannot reach")
    @ValueSource(
            strings = {
                "ftp://host:1",
                "localhost:3000",
                "/job",
                "http://user:secret@host:1",
                "http://host:1/?a=b",
                "http:///"
            })
    void badAddress(String address) throws Exception {
        assertThat(ended(transport.submit(new Target.Machine(URI.create(address)), batch())))
                .isEqualTo(new SubmitOutcome.Unreachable(
                        "the address of a node is not of the form http://host:port", false));
    }

    @Test
    @DisplayName("sends nothing twice to a node that may not know repeated keys, and says that it may have got it")
    void lostAnswerOfAnUnknownNode() throws Exception {
        server.enqueue(new MockResponse.Builder().onResponseStart(CLOSE).build());
        server.enqueue(answer(202).addHeader("Location", "/job/j-1").build());

        assertThat(ended(transport.submit(target(server), batch())))
                .isInstanceOfSatisfying(
                        SubmitOutcome.Unreachable.class,
                        unreachable -> assertThat(unreachable.maybeAccepted()).isTrue());
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("sends the same key once more over a new connection where a node that knows keys dropped the old one")
    void lostAnswerOfAKnownNode() throws Exception {
        server.enqueue(json(200, "{\"id\":\"n-1\"}").build());
        server.enqueue(new MockResponse.Builder().onResponseStart(CLOSE).build());
        server.enqueue(answer(202).addHeader("Location", "/job/j-1").build());
        ended(transport.describe(target(server)));

        SubmitOutcome outcome = ended(transport.submit(target(server), batch()));

        assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
        server.takeRequest();
        RecordedRequest first = server.takeRequest();
        RecordedRequest second = server.takeRequest();
        assertThat(second.getHeaders().get("Idempotency-Key"))
                .isEqualTo(first.getHeaders().get("Idempotency-Key"))
                .isNotNull();
        assertThat(second.getBody()).isEqualTo(first.getBody());
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @Test
    @DisplayName("gives up after one repetition and says that the node may have got it")
    void lostAnswersOfAKnownNode() throws Exception {
        server.enqueue(json(200, "{\"id\":\"n-1\"}").build());
        for (int i = 0; i < 4; i++) {
            server.enqueue(new MockResponse.Builder().onResponseStart(CLOSE).build());
        }
        ended(transport.describe(target(server)));

        assertThat(ended(transport.submit(target(server), batch())))
                .isInstanceOfSatisfying(
                        SubmitOutcome.Unreachable.class,
                        unreachable -> assertThat(unreachable.maybeAccepted()).isTrue());
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @Test
    @DisplayName("does not repeat what was cut off in the middle of the answer")
    void truncatedAnswer() throws Exception {
        server.enqueue(json(200, "{\"id\":\"n-1\"}").build());
        server.enqueue(
                json(202, "{\"id\":\"j-1\"}".repeat(1000)).onResponseBody(CLOSE).build());
        ended(transport.describe(target(server)));

        assertThat(ended(transport.submit(target(server), batch())))
                .isInstanceOfSatisfying(
                        SubmitOutcome.Unreachable.class,
                        unreachable -> assertThat(unreachable.maybeAccepted()).isTrue());
        assertThat(server.getRequestCount()).isEqualTo(2);
    }
}
