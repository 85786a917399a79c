package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server on the simulated network: a node or a pool. Each call gets one reply, now or later, or none if the server dies. */
interface SimulatedServer {
    URI address();

    /** Who answers; null if it does not say. */
    @Nullable NodeId id();

    /** Receives a call and runs it now, or once the server is awake; false if the server is down. */
    boolean receive(Runnable call);

    boolean isAwake();

    void describe(Consumer<DescribeOutcome> reply);

    void submit(Assignment assignment, Consumer<SubmitOutcome> reply);

    void poll(RemoteJob remote, Duration wait, @Nullable String etag, Consumer<PollOutcome> reply);

    void cancel(RemoteJob remote, AttemptId by, Consumer<CancelOutcome> reply);

    void shorten(RemoteJob remote, FrameSet keep, AttemptId by, Consumer<ShortenOutcome> reply);

    void frames(RemoteJob remote, Consumer<FramesOutcome> reply);

    /** Gives the outcome and, where it is good, what came. */
    void fetch(RemoteJob remote, int frame, OutputFile file, Consumer<Fetched> reply);

    /** The same for the scene that a batch has baked. */
    void fetchBaked(RemoteJob remote, BakedScene baked, Consumer<Fetched> reply);

    void scene(Sha256 sha256, Consumer<Boolean> reply);

    /** What a fetch brought. */
    record Fetched(FetchOutcome outcome, @Nullable Sha256 content) {}
}
