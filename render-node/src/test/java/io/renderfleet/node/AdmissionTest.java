package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.node.scene.SceneRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A node that decides about a request")
class AdmissionTest extends NodeScenario {
    @Test
    @DisplayName("refuses a second job while its only slot is taken, and says when one is likely to be free")
    void slots() {
        NodeJobView job = submit("1-9");
        assertThat(submit(request("1"), null, null)).isEqualTo(new SubmitResult.SlotsTaken(1, Duration.ofSeconds(5)));

        engine.last().render(1, Duration.ofSeconds(2));
        awaitFinished(job.id(), "1");

        assertThat(submit(request("1"), null, null)).isEqualTo(new SubmitResult.SlotsTaken(1, Duration.ofSeconds(16)));
        engine.last().tell(new EngineEvent.Ended(null));
        awaitEnd(job.id());
        accepted(submit(request("1"), null, null));
    }

    @Test
    @DisplayName("answers the same key with the same job, even where it would take no other")
    void idempotency() {
        NodeJobView job = accepted(submit(request("1-5"), "k", null));

        SubmitResult again = submit(request("1,2,3,4,5"), "k", null);

        assertThat(again).isInstanceOfSatisfying(SubmitResult.Accepted.class, same -> {
            assertThat(same.created()).isFalse();
            assertThat(same.job().id()).isEqualTo(job.id());
        });
        assertThat(submit(request("1-6"), "k", null)).isInstanceOf(SubmitResult.KeyMismatch.class);
        assertThat(engine.runs).hasSize(1);
        CompletableFuture<Void> drained = node.drain(Duration.ofDays(1)).toCompletableFuture();
        assertThat(submit(request("1-5"), "k", null)).isInstanceOf(SubmitResult.Accepted.class);
        assertThat(drained).isNotDone();
    }

    @Test
    @DisplayName("makes one job of one key, however many ask at once")
    void idempotencyAtOnce() throws Exception {
        restart(builder().slots(8));
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<SubmitResult>> answers = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                answers.add(clients.submit(() -> submit(request("1-5"), "k", null)));
            }
            Set<String> ids = new HashSet<>();
            for (Future<SubmitResult> answer : answers) {
                ids.add(accepted(answer.get()).id());
            }
            assertThat(ids).hasSize(1);
            assertThat(engine.runs).hasSize(1);
        } finally {
            clients.shutdown();
        }
    }

    @Test
    @DisplayName("remembers a key only if it took the job")
    void remembersOnlyAccepted() {
        engine.refusal = Failure.of(FailureKind.UNSUPPORTED_FORMAT, "No.");
        assertThat(submit(request("1"), "k", null)).isInstanceOf(SubmitResult.Rejected.class);
        engine.refusal = null;

        accepted(submit(request("1-2"), "k", null));
    }

    @Test
    @DisplayName("asks the rate limit after the key and before the slots")
    void rate() {
        RateGate shut = () -> Optional.of(Duration.ofSeconds(3));
        SubmitContext context = new SubmitContext("k", null, null);
        assertThat(node.submit(request("1"), context, shut))
                .isEqualTo(new SubmitResult.Throttled(Duration.ofSeconds(3)));
        accepted(node.submit(request("1"), context, RateGate.OPEN));

        accepted(node.submit(request("1"), context, shut));
        assertThat(node.submit(request("1"), SubmitContext.DIRECT, shut)).isInstanceOf(SubmitResult.Throttled.class);
    }

    @Test
    @DisplayName("writes no epoch once the node is closed, since its folder may be another process's by then")
    void writesNoEpochAfterClosing() throws IOException {
        submit(request("1"), null, "f/3/1");
        node.close();
        String before = everythingIn(root.resolve(".node"));

        submit(request("2"), null, "f/9/1");

        assertThat(everythingIn(root.resolve(".node"))).isEqualTo(before).doesNotContain("f/9");
    }

    private String everythingIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                all.append(file).append('\n').append(Files.readString(file));
            }
            return all.toString();
        }
    }

    @Test
    @DisplayName("obeys only the newest coordinator of a farm, before it looks at the key, also after a restart")
    void fencing() throws Exception {
        NodeJobView job = accepted(submit(request("1"), "f/1/1", "f/1/1"));
        assertThat(submit(request("1"), "f/1/1", "f/3/1")).isInstanceOf(SubmitResult.Accepted.class);

        assertThat(submit(request("1"), "f/1/1", "f/2/1")).isEqualTo(new SubmitResult.StaleEpoch(3));
        assertThat(node.cancel(job.id(), AttemptId.parse("f/2/1"))).isEqualTo(new CancelResult.StaleEpoch(3));
        assertThat(node.shorten(job.id(), FrameSet.of(1), AttemptId.parse("f/1/1")))
                .isEqualTo(new ShortenResult.StaleEpoch(3));
        assertThat(submit(request("1"), "f/1/1", "other/1/1")).isInstanceOf(SubmitResult.Accepted.class);

        restart(builder());
        assertThat(submit(request("2"), "x", "f/2/9")).isEqualTo(new SubmitResult.StaleEpoch(3));
    }

    @Test
    @DisplayName("refuses new jobs rather than forget a key too early, and forgets when time is over")
    void boundedTable() throws Exception {
        restart(builder().maxJobs(2).retention(Duration.ofHours(24)));
        NodeJobView first = accepted(submit(request("1"), "a", null));
        engine.last().end();
        awaitEnd(first.id());
        NodeJobView second = accepted(submit(request("1"), "b", null));
        engine.last().end();
        awaitEnd(second.id());
        time.advance(Duration.ofHours(23).plusMinutes(59));

        assertThat(submit(request("1"), "c", null)).isInstanceOf(SubmitResult.TableFull.class);
        assertThat(node.job(first.id())).isPresent();

        time.advance(Duration.ofMinutes(1));
        accepted(submit(request("1"), "c", null));
        assertThat(node.job(first.id())).isEmpty();
        assertThat(root.resolve(".node/jobs").toFile().list()).hasSize(1);
    }

    @Test
    @DisplayName("says of a scene that is not there, or leads out of its root, that it is not here")
    void scenes() throws Exception {
        Path scenes = Files.createDirectory(root.resolve("scenes"));
        Files.writeString(scenes.resolve("shot.blend"), "scene");
        Files.writeString(root.resolve("secret.blend"), "secret");
        Files.createSymbolicLink(scenes.resolve("link.blend"), root.resolve("secret.blend"));
        restart(builder().sceneRoot(scenes));

        for (String scene : List.of("nowhere.blend", "link.blend", "sha256:" + "0".repeat(64))) {
            NodeJobRequest request = withScene(SceneRef.parse(scene, null));
            assertThat(submit(request, null, null))
                    .isInstanceOfSatisfying(
                            SubmitResult.Rejected.class,
                            rejected -> assertThat(rejected.failure().kind()).isEqualTo(FailureKind.SCENE_NOT_HERE));
        }
        accepted(submit(withScene(SceneRef.parse("shot.blend", null)), null, null));
        assertThat(engine.last().task.scene()).isEqualTo(scenes.toRealPath().resolve("shot.blend"));
        assertThatThrownBy(() -> SceneRef.parse("../secret.blend", null)).hasMessageStartingWith("scene '../");
    }

    private static NodeJobRequest withScene(SceneRef scene) {
        return new NodeJobRequest(
                FrameSet.of(1),
                scene,
                OutputPattern.DEFAULT,
                RenderSettings.SCENE_DEFAULTS,
                null,
                ScenePolicy.DEFAULT,
                null,
                null,
                null);
    }
}
