package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineEvent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A node that is asked to change a job")
class JobChangesTest extends NodeScenario {
    @Test
    @DisplayName("stops it and tells once it is over")
    void cancels() {
        NodeJobView job = submit("1-5");
        engine.endsOnStop = false;

        assertThat(node.cancel(job.id(), null)).isInstanceOf(CancelResult.Stopping.class);
        assertThat(node.cancel(job.id(), null)).isInstanceOf(CancelResult.Stopping.class);
        assertThat(node.describe().busy()).isEqualTo(1);
        Failure reason = engine.last().stopped;
        assertThat(reason).isNotNull();
        engine.last().tell(new EngineEvent.Ended(reason));

        NodeJobView ended = awaitEnd(job.id());
        assertThat(ended.state()).isEqualTo(NodeJobState.CANCELLED);
        assertThat(ended.status()).isEqualTo("Job cancelled");
        assertThat(node.cancel(job.id(), null)).isInstanceOf(CancelResult.Stopped.class);
        assertThat(node.describe().busy()).isZero();
        assertThat(node.cancel("j-nobody", null)).isEqualTo(new CancelResult.UnknownJob());
    }

    @Test
    @DisplayName("takes untouched frames away, but none that is finished or running")
    void shortens() {
        NodeJobView job = submit("1-10");
        engine.last().render(1, SECOND);
        awaitFinished(job.id(), "1");
        engine.last().begin(2);

        assertThat(node.shorten(job.id(), FrameSet.of(4, 99), null))
                .isEqualTo(new ShortenResult.Kept(FrameSet.of(1, 2, 4)));

        engine.last().save(2, SECOND, "two");
        engine.last().render(4, SECOND);
        engine.last().end();
        assertThat(awaitEnd(job.id()).state()).isEqualTo(NodeJobState.COMPLETED);
        assertThat(view(job.id()).frames()).isEqualTo(FrameSet.of(1, 2, 4));
        assertThat(node.shorten(job.id(), FrameSet.of(1), null)).isInstanceOf(ShortenResult.AlreadyEnded.class);
        assertThat(node.shorten("j-nobody", FrameSet.of(1), null)).isEqualTo(new ShortenResult.UnknownJob());
    }

    @Test
    @DisplayName("drains: takes no more, lets the running job end, and hands it back when the grace is over")
    void drains() {
        NodeJobView job = submit("1-5");
        engine.last().render(1, SECOND);
        awaitFinished(job.id(), "1");

        CompletableFuture<Void> idle = node.drain(Duration.ofSeconds(30)).toCompletableFuture();
        assertThat(submit(request("1"), null, null)).isInstanceOf(SubmitResult.Draining.class);
        assertThat(node.describe().draining()).isTrue();
        time.advance(Duration.ofSeconds(29));
        assertThat(idle).isNotDone();
        time.advance(SECOND);

        NodeJobView ended = awaitEnd(job.id());
        assertThat(idle).succeedsWithin(Duration.ofSeconds(5));
        assertThat(ended.failure()).isNotNull();
        assertThat(ended.failure().kind()).isEqualTo(FailureKind.NODE_DRAINED);
        assertThat(ended.failure().retryElsewhere()).isTrue();
        assertThat(ended.finished()).isEqualTo(FrameSet.of(1));
    }
}
