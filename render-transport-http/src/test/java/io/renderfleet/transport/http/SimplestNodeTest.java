package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.batch;
import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The simplest node there can be")
class SimplestNodeTest {
    private final MockWebServer server = new MockWebServer();
    private final HttpTransport transport = HttpTransport.create();
    private volatile String end = "";
    private volatile String type = "text/plain";
    private volatile int unknown = 404;

    @BeforeEach
    void start() throws Exception {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return switch (request.getMethod() + " " + request.getTarget()) {
                    case "POST /job" ->
                        new MockResponse.Builder()
                                .code(202)
                                .addHeader("Location", "/job/4711")
                                .addHeader("Content-Type", "application/json")
                                .body("{\"pid\": 4711}")
                                .build();
                    case "GET /job/4711" ->
                        end.isEmpty()
                                ? new MockResponse.Builder()
                                        .code(202)
                                        .addHeader("Location", "/job/4711")
                                        .addHeader("Retry-After", "5")
                                        .body("Job still running")
                                        .build()
                                : new MockResponse.Builder()
                                        .code(200)
                                        .addHeader("Content-Type", type)
                                        .body(end + "\n")
                                        .build();
                    default ->
                        new MockResponse.Builder().code(unknown).body("Unknown").build();
                };
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        transport.close();
        server.close();
    }

    @Test
    @DisplayName("takes a batch, renders it, and ends it")
    void rendersABatch() throws Exception {
        RemoteJob job = new RemoteJob(target(server), "4711", null);

        assertThat(ended(transport.describe(target(server)))).isEqualTo(new DescribeOutcome.Anonymous());
        assertThat(ended(transport.submit(target(server), batch()))).isEqualTo(new SubmitOutcome.Accepted(job, null));
        assertThat(ended(transport.poll(job, Duration.ofSeconds(20), null)))
                .isEqualTo(new PollOutcome.Running(BatchProgress.NONE, Duration.ofSeconds(5), null, false));
        end = "Job completed";
        assertThat(ended(transport.poll(job, Duration.ofSeconds(20), null)))
                .isEqualTo(new PollOutcome.Ended(new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.empty(), null), null));
    }

    @Test
    @DisplayName("says in one line how it ended, be it in words of its own")
    void fails() throws Exception {
        RemoteJob job = new RemoteJob(target(server), "4711", null);

        end = "Job failed: no camera in the scene";
        assertThat(ended(transport.poll(job, Duration.ZERO, null)))
                .isEqualTo(new PollOutcome.Ended(
                        new BatchEnd(
                                BatchEnd.State.FAILED,
                                FrameSet.empty(),
                                Failure.of(FailureKind.UNKNOWN, "no camera in the scene")),
                        null));
        end = "Rendered, as you wished";
        assertThat(ended(transport.poll(job, Duration.ZERO, null)))
                .isEqualTo(new PollOutcome.Ended(new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.empty(), null), null));
        end = "Job cancelled";
        assertThat(ended(transport.poll(job, Duration.ZERO, null)))
                .isEqualTo(new PollOutcome.Ended(new BatchEnd(BatchEnd.State.CANCELLED, FrameSet.empty(), null), null));
    }

    @Test
    @DisplayName("may send its line as HTML, as Express does with a text; a page with markup is none of its lines")
    void sendsItsLineAsHtml() throws Exception {
        RemoteJob job = new RemoteJob(target(server), "4711", null);
        type = "text/html; charset=utf-8";

        end = "Job completed";
        assertThat(ended(transport.poll(job, Duration.ZERO, null)))
                .isEqualTo(new PollOutcome.Ended(new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.empty(), null), null));
        for (String page : List.of("Welcome<br>", "Please\nlog in", " ")) {
            end = page;
            assertThat(ended(transport.poll(job, Duration.ZERO, null)))
                    .as(page)
                    .isInstanceOf(PollOutcome.Unreachable.class);
        }
    }

    @Test
    @DisplayName("is asked for from and to, which is all it knows, and for frames only where these cannot say it")
    void isAskedForFromAndTo() throws Exception {
        Map<String, String> asked = new LinkedHashMap<>();
        for (String frames : List.of("1-5", "7", "-3-2", "5-1", "1-5,9", "1-9x2")) {
            ended(transport.submit(target(server), batch(FrameSet.parse(frames))));
            asked.put(frames, server.takeRequest().getBody().utf8().replaceFirst(",\"output\".*", "}"));
        }

        assertThat(asked)
                .containsEntry("1-5", "{\"from\":1,\"to\":5}")
                .containsEntry("7", "{\"from\":7,\"to\":7}")
                .containsEntry("-3-2", "{\"from\":-3,\"to\":2}")
                .containsEntry("5-1", "{\"frames\":\"5-1\"}")
                .containsEntry("1-5,9", "{\"frames\":\"1-5,9\"}")
                .hasEntrySatisfying("1-9x2", body -> assertThat(body).startsWith("{\"frames\":"));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("does not know other jobs, and cannot do more")
    @ValueSource(ints = {400, 404})
    void cannotDoMore(int status) throws Exception {
        unknown = status;
        RemoteJob job = new RemoteJob(target(server), "12", null);

        assertThat(ended(transport.describe(target(server)))).isEqualTo(new DescribeOutcome.Anonymous());
        assertThat(ended(transport.poll(job, Duration.ZERO, null))).isEqualTo(new PollOutcome.Lost());
        assertThat(ended(transport.cancel(job, Given.ATTEMPT))).isEqualTo(new CancelOutcome.Unsupported());
        assertThat(ended(transport.shorten(job, FrameSet.of(1), Given.ATTEMPT)))
                .isEqualTo(new ShortenOutcome.Unsupported());
        assertThat(ended(transport.frames(job))).isEqualTo(new FramesOutcome.Unsupported());
        assertThat(ended(transport.log(job, 100))).isEqualTo(new LogOutcome.Unsupported());
    }
}
