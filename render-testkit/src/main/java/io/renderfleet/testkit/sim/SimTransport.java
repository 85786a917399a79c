package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.UploadOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The transport of one coordinator over the simulated network. */
final class SimTransport implements RenderTransport {
    private final Network network;
    private final Coordinator coordinator;
    private final SimOutputs outputs;
    private final Watch watch;

    SimTransport(Network network, Coordinator coordinator, SimOutputs outputs, Watch watch) {
        this.network = network;
        this.coordinator = coordinator;
        this.outputs = outputs;
        this.watch = watch;
    }

    private <T> CompletionStage<T> call(Target target, Network.Call<T> call) {
        watch.calling(coordinator, call.kind(), target);
        return watch.heard(coordinator, call.kind(), target, network.call(coordinator, target.address(), call));
    }

    /** A batch is known by the address that it was sent to, whichever server took it. */
    private static SubmitOutcome asked(Target target, SubmitOutcome told) {
        if (told instanceof SubmitOutcome.Accepted accepted) {
            RemoteJob remote = accepted.remote();
            return new SubmitOutcome.Accepted(new RemoteJob(target, remote.id(), remote.node()), accepted.pollAfter());
        }
        return told;
    }

    /** An answer of somebody else than who took the batch says nothing of the batch. */
    private static <T> Consumer<T> checked(
            RemoteJob remote, SimulatedServer server, Consumer<T> reply, Function<String, T> misrouted) {
        boolean other =
                remote.node() != null && server.id() != null && !remote.node().equals(server.id());
        return other ? told -> reply.accept(misrouted.apply("the answer is from " + server.id())) : reply;
    }

    private static SimulatedServer.Fetched unfetched(String cause) {
        return new SimulatedServer.Fetched(new FetchOutcome.Unreachable(cause), null);
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        return call(
                target,
                new Network.Call<>(
                        CallKind.DESCRIBE,
                        Duration.ZERO,
                        SimulatedServer::describe,
                        loss -> new DescribeOutcome.Unreachable(loss.cause())));
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        watch.submitting(coordinator, target, assignment);
        CompletionStage<SubmitOutcome> answer = call(
                target,
                new Network.Call<>(
                        CallKind.SUBMIT,
                        Duration.ZERO,
                        (server, reply) -> server.submit(assignment, told -> reply.accept(asked(target, told))),
                        loss -> new SubmitOutcome.Unreachable(loss.cause(), loss.maybeArrived())));
        return watch.submitted(coordinator, assignment, answer);
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        CompletionStage<PollOutcome> answer = call(
                remote.target(),
                new Network.Call<>(
                        CallKind.POLL,
                        wait,
                        (server, reply) -> server.poll(
                                remote, wait, etag, checked(remote, server, reply, PollOutcome.Misrouted::new)),
                        loss -> new PollOutcome.Unreachable(loss.cause())));
        return watch.asked(coordinator, remote, answer);
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return watch.asked(
                coordinator,
                remote,
                call(
                        remote.target(),
                        new Network.Call<>(
                                CallKind.CANCEL,
                                Duration.ZERO,
                                (server, reply) -> server.cancel(
                                        remote, by, checked(remote, server, reply, CancelOutcome.Unreachable::new)),
                                loss -> new CancelOutcome.Unreachable(loss.cause()))));
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return call(
                remote.target(),
                new Network.Call<>(
                        CallKind.SHORTEN,
                        Duration.ZERO,
                        (server, reply) -> server.shorten(
                                remote, keep, by, checked(remote, server, reply, ShortenOutcome.Unreachable::new)),
                        loss -> new ShortenOutcome.Unreachable(loss.cause())));
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return watch.asked(
                coordinator,
                remote,
                call(
                        remote.target(),
                        new Network.Call<>(
                                CallKind.FRAMES,
                                Duration.ZERO,
                                (server, reply) -> server.frames(
                                        remote, checked(remote, server, reply, FramesOutcome.Unreachable::new)),
                                loss -> new FramesOutcome.Unreachable(loss.cause()))));
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return call(
                        remote.target(),
                        new Network.Call<SimulatedServer.Fetched>(
                                CallKind.FETCH,
                                Duration.ZERO,
                                (server, reply) -> server.fetch(
                                        remote, frame, file, checked(remote, server, reply, SimTransport::unfetched)),
                                loss -> unfetched(loss.cause())))
                .thenApply(fetched -> written(file.sha256(), into, fetched));
    }

    @Override
    public CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        return call(
                        remote.target(),
                        new Network.Call<SimulatedServer.Fetched>(
                                CallKind.FETCH,
                                Duration.ZERO,
                                (server, reply) -> server.fetchBaked(
                                        remote, baked, checked(remote, server, reply, SimTransport::unfetched)),
                                loss -> unfetched(loss.cause())))
                .thenApply(fetched -> written(baked.sha256(), into, fetched));
    }

    private FetchOutcome written(Sha256 announced, Path into, SimulatedServer.Fetched fetched) {
        if (fetched.content() == null) {
            return fetched.outcome();
        }
        if (!fetched.content().equals(announced)) {
            return new FetchOutcome.Damaged("another digest than announced");
        }
        outputs.write(into, fetched.content());
        return fetched.outcome();
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        Sha256 digest = scene.sha256();
        if (digest == null) {
            return CompletableFuture.completedStage(new UploadOutcome.LocalFailure("the scene has no digest"));
        }
        return call(
                target,
                new Network.Call<UploadOutcome>(
                        CallKind.UPLOAD,
                        Duration.ZERO,
                        (server, reply) -> server.scene(digest, done -> reply.accept(new UploadOutcome.Stored())),
                        loss -> new UploadOutcome.Unreachable(loss.cause())));
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return CompletableFuture.completedStage(new LogOutcome.Unsupported());
    }

    @Override
    public void close() {}
}
