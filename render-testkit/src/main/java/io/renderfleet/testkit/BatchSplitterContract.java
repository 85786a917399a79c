package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FrameRange;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.SplitContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link BatchSplitter} must do. An implementation's test extends this class and says which splitter is meant.
 *
 * <p>It is asked in some hundred situations that are the same in each run: whole jobs and single frames, in order and scattered, on slow
 * and fast nodes, with and without anything measured.
 */
@Timeout(60)
public abstract class BatchSplitterContract {
    private static final int SITUATIONS = 500;
    private static final int JOBS = 40;

    /** For implementations. */
    protected BatchSplitterContract() {}

    /**
     * Makes the splitter.
     *
     * @return one that cuts as all others do that this method has made
     */
    protected abstract BatchSplitter splitter();

    @Test
    @DisplayName("cuts at least one frame, and none that does not wait")
    final void cutsWhatWaits() {
        BatchSplitter splitter = splitter();
        for (SplitContext context : situations(1)) {
            assertThatIsPart(splitter.next(context), context);
        }
    }

    @Test
    @DisplayName("cuts the one frame that is left, whatever is known")
    final void cutsTheLastFrame() {
        BatchSplitter splitter = splitter();
        for (SplitContext context : situations(2)) {
            FrameSet last = context.waiting().take(1);
            assertThat(splitter.next(withWaiting(context, last, 1)))
                    .as("cut for %s", context)
                    .isEqualTo(last);
        }
    }

    @Test
    @DisplayName("bears what is measured at the limits: no time at all, a very long one, nodes of very unequal speed")
    final void bearsLimits() {
        BatchSplitter splitter = splitter();
        FrameSet all = FrameSet.range(FrameSet.MIN_FRAME, FrameSet.MAX_FRAME);
        List<FrameSet> waiting = List.of(all, all.take(1), FrameSet.of(FrameSet.MAX_FRAME, FrameSet.MIN_FRAME));
        List<Duration> times = List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofDays(365));
        for (FrameSet frames : waiting) {
            for (Duration frameTime : times) {
                for (Duration startTime : times) {
                    for (double speed : new double[] {1e-6, 1, 1e6}) {
                        for (double others : new double[] {0, 1e6}) {
                            SplitContext context = new SplitContext(
                                    frames, frames.size(), speed, speed + others, frameTime, startTime, null);
                            assertThatIsPart(splitter.next(context), context);
                        }
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("cuts the same in the same situation, whatever it was asked before")
    final void isAFunctionOfTheContext() {
        BatchSplitter splitter = splitter();
        List<SplitContext> contexts = situations(3);
        List<FrameSet> first = new ArrayList<>();
        contexts.forEach(context -> first.add(splitter.next(context)));

        List<SplitContext> again = situations(3);
        for (int i = again.size() - 1; i >= 0; i--) {
            SplitContext context = again.get(i);
            assertThat(splitter.next(context)).as("cut again for %s", context).isEqualTo(first.get(i));
            assertThat(splitter().next(context))
                    .as("cut by another one for %s", context)
                    .isEqualTo(first.get(i));
        }
    }

    @Test
    @DisplayName("cuts a whole job into batches that leave no frame out and have none twice")
    final void coversJobs() {
        Random random = new Random(4);
        BatchSplitter splitter = splitter();
        for (int job = 0; job < JOBS; job++) {
            FrameSet frames = frames(random);
            FrameSet waiting = frames;
            int cut = 0;
            while (!waiting.isEmpty()) {
                // Only the beginning of what waits is shown at times, as that of a scattered job is.
                FrameSet shown = random.nextInt(4) == 0 ? waiting.takeRuns(1 + random.nextInt(3)) : waiting;
                SplitContext context = withWaiting(situation(random), shown, waiting.size());
                FrameSet batch = splitter.next(context);
                assertThatIsPart(batch, context);
                cut += batch.size();
                waiting = waiting.minus(batch);
            }
            assertThat(cut).as("frames in the batches of %s", frames).isEqualTo(frames.size());
        }
    }

    private static void assertThatIsPart(FrameSet batch, SplitContext context) {
        assertThat(batch.isEmpty()).as("nothing is cut for %s", context).isFalse();
        assertThat(context.waiting().containsAll(batch))
                .as("%s waits, as was cut for %s", batch, context)
                .isTrue();
    }

    private static List<SplitContext> situations(long seed) {
        Random random = new Random(seed);
        List<SplitContext> contexts = new ArrayList<>();
        for (int i = 0; i < SITUATIONS; i++) {
            contexts.add(situation(random));
        }
        return contexts;
    }

    private static SplitContext situation(Random random) {
        FrameSet waiting = frames(random);
        int more = random.nextBoolean() ? 0 : random.nextInt(10_000);
        double nodeSpeed = Math.pow(10, random.nextDouble(-1.5, 1.5));
        double farmSpeed = nodeSpeed * (1 + random.nextInt(3) * random.nextDouble(50));
        Integer ahead = random.nextBoolean()
                ? null
                : waiting.skip(random.nextInt(waiting.size())).first();
        return new SplitContext(
                waiting, waiting.size() + more, nodeSpeed, farmSpeed, measured(random), measured(random), ahead);
    }

    private static SplitContext withWaiting(SplitContext context, FrameSet waiting, int waitingFrames) {
        Integer ahead = context.ahead() == null
                ? null
                : waiting.skip(waiting.size() / 2).first();
        return new SplitContext(
                waiting,
                waitingFrames,
                context.nodeSpeed(),
                context.farmSpeed(),
                context.frameTime(),
                context.startTime(),
                ahead);
    }

    /** From a tenth of a millisecond to some hours, as likely to be short as long; or nothing yet. */
    private static @Nullable Duration measured(Random random) {
        return random.nextInt(4) == 0 ? null : Duration.ofNanos((long) Math.pow(10, random.nextDouble(5, 13)));
    }

    /** Some runs of frames with gaps between them, in any order and direction, perhaps below zero. */
    private static FrameSet frames(Random random) {
        List<FrameRange> runs = new ArrayList<>();
        int frame = random.nextInt(-500, 500);
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            int last = frame + random.nextInt(random.nextBoolean() ? 4 : 400);
            runs.add(random.nextInt(4) == 0 ? new FrameRange(last, frame) : new FrameRange(frame, last));
            frame = last + 2 + random.nextInt(20);
        }
        Collections.shuffle(runs, random);
        return FrameSet.of(runs);
    }
}
