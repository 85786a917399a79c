package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.answer;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.job;
import static io.renderfleet.transport.http.Given.json;
import static io.renderfleet.transport.http.Given.problem;
import static io.renderfleet.transport.http.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.util.Objects;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Talking to a node about itself, its jobs, frames and logs")
class ControlTest extends TransportScenario {

    ControlTest() {
        super(HttpTransport.builder()
                .callTimeout(Duration.ofSeconds(10))
                .maxListBytes(4096)
                .build());
    }

    @Test
    @DisplayName("describes the node")
    void describes() throws Exception {
        server.enqueue(
                json(200, "{\"id\":\"n-1\",\"bootId\":\"b-1\",\"slots\":2}").build());

        assertThat(ended(transport.describe(target(server))))
                .isInstanceOfSatisfying(DescribeOutcome.Described.class, described -> {
                    assertThat(described.node().id()).isEqualTo(new NodeId("n-1"));
                    assertThat(described.node().slots()).isEqualTo(2);
                });
        assertThat(server.takeRequest().getRequestLine()).isEqualTo("GET /node HTTP/1.1");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("takes a node without a description for an anonymous one")
    @ValueSource(ints = {400, 404, 405, 501})
    void anonymous(int status) throws Exception {
        server.enqueue(new MockResponse.Builder().code(status).build());

        assertThat(ended(transport.describe(target(server)))).isEqualTo(new DescribeOutcome.Anonymous());
    }

    @Test
    @DisplayName("tells a refusing, a busy, a senseless and a silent node apart")
    void notDescribed() throws Exception {
        server.enqueue(problem(ProblemType.UNAUTHORIZED).build());
        server.enqueue(answer(429).addHeader("Retry-After", "2").build());
        server.enqueue(json(200, "{\"id\":\"a/b\"}").build());
        server.enqueue(answer(200).body("<html>").build());
        server.enqueue(answer(500).build());

        assertThat(ended(transport.describe(target(server))))
                .isEqualTo(new DescribeOutcome.Refused("it answered 401: because of UNAUTHORIZED"));
        assertThat(ended(transport.describe(target(server))))
                .isEqualTo(new DescribeOutcome.Throttled(Duration.ofSeconds(2)));
        assertThat(ended(transport.describe(target(server)))).isInstanceOf(DescribeOutcome.Refused.class);
        assertThat(ended(transport.describe(target(server)))).isInstanceOf(DescribeOutcome.Refused.class);
        assertThat(ended(transport.describe(target(server))))
                .isEqualTo(new DescribeOutcome.Unreachable("it answered 500"));
    }

    @Test
    @DisplayName("stops a job in the sender's epoch")
    void cancels() throws Exception {
        server.enqueue(json(202, "{}").build());
        server.enqueue(json(200, "{}").build());
        server.enqueue(answer(404).build());
        server.enqueue(problem(ProblemType.STALE_EPOCH).build());
        server.enqueue(answer(405).build());
        server.enqueue(answer(500).build());
        server.enqueue(answer(200).setHeader("Node-Id", "n-2").build());

        assertThat(cancel()).isEqualTo(new CancelOutcome.Stopping());
        assertThat(cancel()).isEqualTo(new CancelOutcome.Stopped());
        assertThat(cancel()).isEqualTo(new CancelOutcome.Stopped());
        assertThat(cancel()).isEqualTo(new CancelOutcome.Fenced());
        assertThat(cancel()).isEqualTo(new CancelOutcome.Unsupported());
        assertThat(cancel()).isEqualTo(new CancelOutcome.Unreachable("it answered 500"));
        assertThat(cancel()).isEqualTo(new CancelOutcome.Unreachable("node n-2 answered in place of n-1"));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("DELETE /job/j-1 HTTP/1.1");
        assertThat(request.getHeaders().get("Attempt")).isEqualTo("f-1/2/3");
    }

    @Test
    @DisplayName("does not take it for stopped where a node without id has no such call")
    void cancelsNothingOnTheSimplestNode() throws Exception {
        server.enqueue(new MockResponse.Builder().code(404).build());

        assertThat(ended(transport.cancel(new RemoteJob(target(server), "j-1", null), Given.ATTEMPT)))
                .isEqualTo(new CancelOutcome.Unsupported());
    }

    @Test
    @DisplayName("takes frames away from a job")
    void shortens() throws Exception {
        server.enqueue(json(200, "{\"frames\":\"1-3\"}").build());
        server.enqueue(problem(Problem.of(ProblemType.JOB_ENDED, "ended").withFrames("1-5"))
                .build());
        server.enqueue(problem(ProblemType.STALE_EPOCH).build());
        server.enqueue(answer(405).build());
        server.enqueue(json(200, "{}").build());
        server.enqueue(json(200, "{\"frames\":\"x\"}").build());
        server.enqueue(problem(ProblemType.JOB_ENDED).build());

        assertThat(shorten()).isEqualTo(new ShortenOutcome.Kept(FrameSet.range(1, 3)));
        assertThat(shorten()).isEqualTo(new ShortenOutcome.AlreadyEnded(FrameSet.range(1, 5)));
        assertThat(shorten()).isEqualTo(new ShortenOutcome.Fenced());
        assertThat(shorten()).isEqualTo(new ShortenOutcome.Unsupported());
        assertThat(shorten()).isInstanceOf(ShortenOutcome.Unreachable.class);
        assertThat(shorten()).isInstanceOf(ShortenOutcome.Unreachable.class);
        assertThat(shorten()).isInstanceOf(ShortenOutcome.Unreachable.class);
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("PATCH /job/j-1 HTTP/1.1");
        assertThat(Objects.requireNonNull(request.getBody()).utf8()).isEqualTo("{\"frames\":\"1-2\"}");
        assertThat(request.getHeaders().get("Attempt")).isEqualTo("f-1/2/3");
    }

    @Test
    @DisplayName("asks once more where the connection was dropped, since these calls do no harm twice")
    void repeats() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());
        server.enqueue(json(202, "{}").build());

        assertThat(cancel()).isEqualTo(new CancelOutcome.Stopping());
    }

    @Test
    @DisplayName("lists frames, and tells a node that has no lists from one that lost the job")
    void frames() throws Exception {
        RemoteJob simplest = new RemoteJob(target(server), "j-1", null);
        server.enqueue(json(
                        200,
                        "{\"frames\":[{\"frame\":1,\"files\":[{\"name\":\"a.png\",\"bytes\":3,\"sha256\":\""
                                + "ab".repeat(32) + "\",\"main\":true}],\"seconds\":1.5}]}")
                .build());
        server.enqueue(answer(404).build());
        server.enqueue(answer(405).build());
        server.enqueue(answer(429).build());
        server.enqueue(answer(200).body("{\"frames\":[{}]}").build());
        server.enqueue(answer(200).body("{\"frames\":[]}".repeat(1000)).build());
        server.enqueue(new MockResponse.Builder().code(404).build());
        server.enqueue(
                new MockResponse.Builder().code(200).body("Job completed").build());

        assertThat(ended(transport.frames(job(server))))
                .isInstanceOfSatisfying(
                        FramesOutcome.Listed.class,
                        listed -> assertThat(listed.frames())
                                .singleElement()
                                .satisfies(
                                        frame -> assertThat(frame.renderTime()).isEqualTo(Duration.ofMillis(1500))));
        assertThat(ended(transport.frames(job(server)))).isEqualTo(new FramesOutcome.Lost());
        assertThat(ended(transport.frames(job(server)))).isEqualTo(new FramesOutcome.Unsupported());
        assertThat(ended(transport.frames(job(server)))).isEqualTo(new FramesOutcome.Throttled(null));
        assertThat(ended(transport.frames(job(server)))).isInstanceOf(FramesOutcome.Unreachable.class);
        assertThat(ended(transport.frames(job(server))))
                .isEqualTo(new FramesOutcome.Unreachable("the answer is longer than 4096 bytes"));
        assertThat(ended(transport.frames(simplest))).isEqualTo(new FramesOutcome.Unsupported());
        assertThat(ended(transport.frames(simplest))).isEqualTo(new FramesOutcome.Unsupported());
    }

    @Test
    @DisplayName("gets the end of a log, also from a node that sends all of it")
    void log() throws Exception {
        server.enqueue(answer(206).body("the end").build());
        server.enqueue(answer(200).body("0123456789".repeat(50_000) + "the end").build());
        server.enqueue(answer(200).body("x".repeat(9) + "ü12345").build());
        server.enqueue(answer(200).body("short").build());
        server.enqueue(answer(416).build());
        server.enqueue(answer(404).build());
        server.enqueue(answer(500).build());

        assertThat(log(7)).isEqualTo(new LogOutcome.Text("the end"));
        assertThat(log(9)).isEqualTo(new LogOutcome.Text("89the end"));
        assertThat(log(6)).as("half a character is left away").isEqualTo(new LogOutcome.Text("12345"));
        assertThat(log(100)).isEqualTo(new LogOutcome.Text("short"));
        assertThat(log(7)).isEqualTo(new LogOutcome.Text(""));
        assertThat(log(7)).isEqualTo(new LogOutcome.Unsupported());
        assertThat(log(7)).isEqualTo(new LogOutcome.Unreachable("it answered 500"));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("GET /job/j-1/log HTTP/1.1");
        assertThat(request.getHeaders().get("Range")).isEqualTo("bytes=-7");
    }

    private CancelOutcome cancel() throws Exception {
        return ended(transport.cancel(job(server), Given.ATTEMPT));
    }

    private ShortenOutcome shorten() throws Exception {
        return ended(transport.shorten(job(server), FrameSet.range(1, 2), Given.ATTEMPT));
    }

    private LogOutcome log(int maxBytes) throws Exception {
        return ended(transport.log(job(server), maxBytes));
    }
}
