package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.answer;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.job;
import static io.renderfleet.transport.http.Given.json;
import static io.renderfleet.transport.http.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Asking for a job")
class PollTest extends TransportScenario {
    private static final String RUNNING = """
            {"id": "j-1", "pid": 17, "state": "running", "status": "Job still running", "frames": "1-5", "finished": "1-2",
             "current": {"frame": 3, "sample": 32, "samples": 64}, "secondsPerFrame": 4.2, "secondsLeft": 10, "news": [1]}""";
    private static final BatchProgress PROGRESS =
            new BatchProgress(FrameSet.range(1, 2), 3, 32, 64, 4.2, Duration.ofSeconds(10));

    PollTest() {
        super(HttpTransport.builder().callTimeout(Duration.ofSeconds(10)).build());
    }

    @Test
    @DisplayName("tells how far it is, when to ask again, and under which tag")
    void running() throws Exception {
        server.enqueue(json(202, RUNNING)
                .addHeader("Retry-After", "3")
                .addHeader("ETag", "\"p7\"")
                .build());

        PollOutcome outcome = poll(Duration.ZERO, null);

        assertThat(outcome).isEqualTo(new PollOutcome.Running(PROGRESS, Duration.ofSeconds(3), "\"p7\"", false));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("GET /job/j-1 HTTP/1.1");
        assertThat(request.getHeaders().get("Prefer")).isNull();
        assertThat(request.getHeaders().get("If-None-Match")).isNull();
    }

    @Test
    @DisplayName("hears of an end what was made, where the node tells it, and believes no other node")
    void outputs() throws Exception {
        String ended = """
                {"state": "completed", "finished": "1", "outputs": [{"frame": 1, "files": [{"name": "shot_0001.png", "bytes": 4,
                 "sha256": "%s", "main": true}], "seconds": 4.1, "attempt": "f-1/1/3", "more": 1}]}""".formatted(Given.file("abcd").sha256());
        server.enqueue(json(200, ended).build());
        server.enqueue(
                json(200, "{\"state\": \"completed\", \"finished\": \"1\"}").build());
        server.enqueue(json(200, ended).setHeader("Node-Id", "n-other").build());
        FrameOutput made = new FrameOutput(1, List.of(Given.file("abcd")), Duration.ofMillis(4100));

        assertThat(poll(Duration.ZERO, null))
                .isEqualTo(new PollOutcome.Ended(
                        new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.of(1), null).withOutputs(List.of(made)),
                        Given.NODE_ID));
        assertThat(poll(Duration.ZERO, null))
                .isEqualTo(new PollOutcome.Ended(
                        new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.of(1), null), Given.NODE_ID));
        assertThat(poll(Duration.ZERO, null)).isInstanceOf(PollOutcome.Misrouted.class);
    }

    @ParameterizedTest(name = "Preference-Applied: {0} means held: {1}")
    @DisplayName("hears whether the answer was held as it was asked to")
    @CsvSource(
            delimiter = '|',
            value = {"wait|true", "wait=20|true", "respond-async, Wait|true", "respond-async|false", "|false"})
    void held(String applied, boolean held) throws Exception {
        MockResponse.Builder response = json(202, RUNNING);
        if (applied != null) {
            response.addHeader("Preference-Applied", applied);
        }
        server.enqueue(response.build());

        assertThat(poll(Duration.ofSeconds(20), null)).isEqualTo(new PollOutcome.Running(PROGRESS, null, null, held));
        assertThat(server.takeRequest().getHeaders().get("Prefer")).isEqualTo("wait=20");
    }

    @Test
    @DisplayName("asks for 25 seconds at most, and waits for an answer that is held longer than a call may take")
    void longWait() throws Exception {
        HttpTransport hasty =
                HttpTransport.builder().callTimeout(Duration.ofMillis(500)).build();
        server.enqueue(json(202, RUNNING).headersDelay(1, TimeUnit.SECONDS).build());

        assertThat(ended(hasty.poll(job(server), Duration.ofHours(1), null))).isInstanceOf(PollOutcome.Running.class);
        assertThat(server.takeRequest().getHeaders().get("Prefer")).isEqualTo("wait=25");
        hasty.close();
    }

    @Test
    @DisplayName("sends the tag that it knows, and takes 304 for the progress that goes with it")
    void unchanged() throws Exception {
        server.enqueue(json(202, RUNNING).addHeader("ETag", "W/\"p7\"").build());
        server.enqueue(answer(304).addHeader("Preference-Applied", "wait").build());

        poll(Duration.ZERO, null);
        PollOutcome outcome = poll(Duration.ofSeconds(5), "W/\"p7\"");

        assertThat(outcome).isEqualTo(new PollOutcome.Running(PROGRESS, null, "W/\"p7\"", true));
        server.takeRequest();
        assertThat(server.takeRequest().getHeaders().get("If-None-Match")).isEqualTo("W/\"p7\"");
    }

    @Test
    @DisplayName("sends no tag of which it does not know the progress")
    void unknownTag() throws Exception {
        server.enqueue(json(202, RUNNING).build());

        poll(Duration.ofSeconds(5), "\"from before a restart\"");

        assertThat(server.takeRequest().getHeaders().get("If-None-Match")).isNull();
    }

    @Test
    @DisplayName("hears how it ended, and who did it")
    void completed() throws Exception {
        server.enqueue(json(200, "{\"state\":\"completed\",\"frames\":\"1-5\",\"finished\":\"1-5\"}")
                .build());

        assertThat(poll(Duration.ZERO, null))
                .isEqualTo(new PollOutcome.Ended(
                        new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.range(1, 5), null), Given.NODE_ID));
    }

    @Test
    @DisplayName("hears why it failed and what it finished before")
    void failed() throws Exception {
        server.enqueue(json(200, """
                {"state":"failed","finished":"1-2","failure":{"kind":"OUT_OF_MEMORY","frame":3,"message":"too big","retryElsewhere":true,"log":["a"]}}""").build());

        Failure failure = new Failure(FailureKind.OUT_OF_MEMORY, 3, "too big", true, List.of("a"));
        assertThat(poll(Duration.ZERO, null))
                .isEqualTo(new PollOutcome.Ended(
                        new BatchEnd(BatchEnd.State.FAILED, FrameSet.range(1, 2), failure), Given.NODE_ID));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("finds it lost where the node does not know it any more")
    @ValueSource(ints = {400, 404, 410})
    void lost(int status) throws Exception {
        server.enqueue(answer(status).body("Job not found").build());

        assertThat(poll(Duration.ZERO, null)).isEqualTo(new PollOutcome.Lost());
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("waits when told to")
    @ValueSource(ints = {429, 503})
    void throttled(int status) throws Exception {
        server.enqueue(answer(status).addHeader("Retry-After", "9").build());

        assertThat(poll(Duration.ZERO, null)).isEqualTo(new PollOutcome.Throttled(Duration.ofSeconds(9)));
    }

    @ParameterizedTest(name = "{0} of another node")
    @DisplayName("never believes another node, whatever it says")
    @ValueSource(ints = {200, 202, 304, 404, 429, 500, 503})
    void misrouted(int status) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .addHeader("Node-Id", "n-2")
                .addHeader("Retry-After", "9")
                .build());

        assertThat(poll(Duration.ZERO, null)).isEqualTo(new PollOutcome.Misrouted("node n-2 answered in place of n-1"));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("believes nobody who does not say that it is the node, as far as jobs go")
    @ValueSource(ints = {200, 202, 404})
    void anonymous(int status) throws Exception {
        server.enqueue(new MockResponse.Builder().code(status).body(RUNNING).build());

        assertThat(poll(Duration.ZERO, null)).isInstanceOf(PollOutcome.Misrouted.class);
    }

    @Test
    @DisplayName("takes the word of a proxy that the node cannot be reached")
    void badGateway() throws Exception {
        server.enqueue(new MockResponse.Builder().code(502).build());

        assertThat(poll(Duration.ZERO, null)).isEqualTo(new PollOutcome.Unreachable("it answered 502"));
    }

    @Test
    @DisplayName("lets any node of a pool answer")
    void pool() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(200)
                .addHeader("Node-Id", "n-9")
                .body("{\"state\":\"completed\"}")
                .build());
        Target pool = new Target.Pool(URI.create("http://127.0.0.1:" + server.getPort()), 4);

        assertThat(ended(transport.poll(new RemoteJob(pool, "j-1", Given.NODE_ID), Duration.ZERO, null)))
                .isEqualTo(new PollOutcome.Ended(
                        new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.empty(), null), new NodeId("n-9")));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("does not guess where an answer makes no sense")
    @CsvSource(
            delimiter = '|',
            value = {
                "202|{\"finished\":\"one to five\"}",
                "200|{\"state\":\"completed\",\"finished\":\"5-\"}",
                "200|<!doctype html><title>Log in</title>",
                "500|Job completed",
                "200|{\"state\":[\"completed\"]}",
                "200|[]",
                "200|All is well",
                "200|",
                "302|Job completed",
            })
    void nonsense(int status, @Nullable String body) throws Exception {
        server.enqueue(answer(status).body(body == null ? "" : body).build());

        assertThat(poll(Duration.ZERO, null)).isInstanceOf(PollOutcome.Unreachable.class);
    }

    @Test
    @DisplayName("takes a 200 that says running for running")
    void runningWith200() throws Exception {
        server.enqueue(json(200, RUNNING).build());

        assertThat(poll(Duration.ZERO, null)).isEqualTo(new PollOutcome.Running(PROGRESS, null, null, false));
    }

    @Test
    @DisplayName("ends with a value where every connection is dropped, though the JDK asks again by itself")
    void dropped() throws Exception {
        for (int i = 0; i < 10; i++) {
            server.enqueue(new MockResponse.Builder()
                    .onResponseStart(new SocketEffect.CloseSocket())
                    .build());
        }

        assertThat(poll(Duration.ZERO, null)).isInstanceOf(PollOutcome.Unreachable.class);
    }

    @Test
    @DisplayName("encodes whatever the id holds")
    void encodedId() throws Exception {
        server.enqueue(answer(404).build());

        ended(transport.poll(
                new RemoteJob(target(server), "a b/../c?d#ü", Given.NODE_ID), Duration.ofSeconds(-5), null));

        assertThat(server.takeRequest().getTarget()).isEqualTo("/job/a%20b%2F..%2Fc%3Fd%23%C3%BC");
    }

    private PollOutcome poll(Duration wait, @Nullable String etag) throws Exception {
        return ended(transport.poll(job(server), wait, etag));
    }
}
