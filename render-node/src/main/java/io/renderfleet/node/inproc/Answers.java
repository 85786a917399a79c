package io.renderfleet.node.inproc;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.CancelResult;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.ShortenResult;
import io.renderfleet.node.SubmitResult;

/** What a node says, as a transport says it. */
final class Answers {
    private Answers() {}

    static SubmitOutcome submitted(SubmitResult result, RenderNode node, Target target, Assignment assignment) {
        if (result instanceof SubmitResult.Accepted accepted) {
            return new SubmitOutcome.Accepted(
                    new RemoteJob(target, accepted.job().id(), node.id()),
                    accepted.job().pollAfter());
        }
        if (result instanceof SubmitResult.SlotsTaken taken) {
            return new SubmitOutcome.SlotsTaken(taken.retryAfter());
        }
        if (result instanceof SubmitResult.Draining draining) {
            return new SubmitOutcome.Draining(draining.retryAfter());
        }
        if (result instanceof SubmitResult.TableFull full) {
            return new SubmitOutcome.Throttled(full.retryAfter());
        }
        if (result instanceof SubmitResult.Throttled throttled) {
            return new SubmitOutcome.Throttled(throttled.retryAfter());
        }
        if (result instanceof SubmitResult.StaleEpoch) {
            return new SubmitOutcome.Fenced();
        }
        if (result instanceof SubmitResult.Rejected rejected) {
            boolean canBeSent = rejected.failure().kind() == FailureKind.SCENE_NOT_HERE
                    && assignment.scene() instanceof Scene.Local
                    && node.scenes().isPresent();
            return canBeSent ? new SubmitOutcome.SceneMissing() : new SubmitOutcome.Rejected(rejected.failure());
        }
        return new SubmitOutcome.Rejected(Failure.of(
                FailureKind.INVALID_REQUEST, "The idempotency key was used for another batch of this farm."));
    }

    static PollOutcome polled(RenderNode node, NodeJobView view, boolean held) {
        return switch (view.state()) {
            case RUNNING ->
                new PollOutcome.Running(
                        new BatchProgress(
                                view.finished(),
                                view.currentFrame(),
                                view.sample(),
                                view.samples(),
                                view.secondsPerFrame(),
                                view.timeLeft(),
                                view.warnings(),
                                view.scene()),
                        view.pollAfter(),
                        Long.toString(view.version()),
                        held);
            case COMPLETED -> ended(node, BatchEnd.State.COMPLETED, view);
            case FAILED -> ended(node, BatchEnd.State.FAILED, view);
            case CANCELLED -> ended(node, BatchEnd.State.CANCELLED, view);
        };
    }

    private static PollOutcome ended(RenderNode node, BatchEnd.State state, NodeJobView view) {
        return new PollOutcome.Ended(
                new BatchEnd(state, view.finished(), view.failure())
                        .withWarnings(view.warnings())
                        .withScene(view.scene())
                        .withRun(view.run()),
                node.id());
    }

    static CancelOutcome cancelled(CancelResult result) {
        if (result instanceof CancelResult.StaleEpoch) {
            return new CancelOutcome.Fenced();
        }
        return result instanceof CancelResult.Stopping ? new CancelOutcome.Stopping() : new CancelOutcome.Stopped();
    }

    static ShortenOutcome shortened(ShortenResult result) {
        if (result instanceof ShortenResult.Kept kept) {
            return new ShortenOutcome.Kept(kept.frames());
        }
        if (result instanceof ShortenResult.AlreadyEnded ended) {
            return new ShortenOutcome.AlreadyEnded(ended.job().finished());
        }
        return result instanceof ShortenResult.StaleEpoch
                ? new ShortenOutcome.Fenced()
                : new ShortenOutcome.Unsupported();
    }
}
