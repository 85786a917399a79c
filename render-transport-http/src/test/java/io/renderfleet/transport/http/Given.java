package io.renderfleet.transport.http;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.Target;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Wire;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;

/** What the tests of the transport begin with. */
final class Given {
    static final AttemptId ATTEMPT = new AttemptId("f-1", 2, 3);
    static final String NODE = "n-1";
    static final NodeId NODE_ID = new NodeId(NODE);

    private Given() {}

    static Assignment batch() {
        return batch(Scene.nodeDefault());
    }

    static Assignment batch(Scene scene) {
        return batch(scene, FrameSet.range(1, 5));
    }

    static Assignment batch(FrameSet frames) {
        return batch(Scene.nodeDefault(), frames);
    }

    private static Assignment batch(Scene scene, FrameSet frames) {
        return new Assignment(
                new JobId("shot"),
                new BatchId("7"),
                ATTEMPT,
                "f-1/1/3",
                frames,
                scene,
                RenderSettings.SCENE_DEFAULTS,
                OutputPattern.DEFAULT,
                null,
                null,
                ScenePolicy.DEFAULT,
                null);
    }

    static Target target(MockWebServer server) {
        return target(server.getPort());
    }

    static Target target(int port) {
        return new Target.Machine(URI.create("http://127.0.0.1:" + port));
    }

    static RemoteJob job(MockWebServer server) {
        return new RemoteJob(target(server), "j-1", NODE_ID);
    }

    static OutputFile file(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new OutputFile("shot_0001.png", bytes.length, digest(bytes), true);
    }

    static Sha256 digest(byte[] bytes) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(bytes);
        return Sha256.of(digest);
    }

    /** An answer of the node that all tests expect. */
    static MockResponse.Builder answer(int status) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Node-Id", NODE)
                .addHeader("Boot-Id", "b-1");
    }

    static MockResponse.Builder json(int status, String body) {
        return answer(status).addHeader("Content-Type", "application/json").body(body);
    }

    static MockResponse.Builder problem(ProblemType type) {
        return problem(Problem.of(type, "because of " + type));
    }

    static MockResponse.Builder problem(Problem problem) {
        return answer(Objects.requireNonNull(problem.status()))
                .addHeader("Content-Type", "application/problem+json")
                .body(new String(Wire.write(problem), StandardCharsets.UTF_8));
    }

    static <T> T ended(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
