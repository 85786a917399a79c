package io.renderfleet.core.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A loop")
class LoopTest {
    private static final int TIMERS = 20_000;

    private final StoppedTime time = new StoppedTime();
    private final Loop loop = new Loop(time);

    /** Goes on only when told to. */
    private static final class StoppedTime implements TimeSource {
        private long nanos;

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public long nanos() {
            return nanos;
        }

        void goOn(Duration by) {
            nanos += by.toNanos();
        }
    }

    @Test
    @DisplayName("runs the timers that are left, in their order, however many others are cancelled")
    void cancelledTimers() {
        SplittableRandom random = new SplittableRandom(1);
        List<Integer> ran = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        List<LoopTimer> timers = new ArrayList<>();
        for (int i = 0; i < TIMERS; i++) {
            int number = i;
            timers.add(loop.schedule(Duration.ofMillis(i / 2), () -> ran.add(number)));
        }
        for (int i = 0; i < TIMERS; i++) {
            if (random.nextInt(10) == 0) {
                expected.add(i);
            } else {
                timers.get(i).cancel();
                timers.get(i).cancel();
            }
        }

        while (loop.untilNextTimer() != null) {
            time.goOn(Duration.ofMillis(1));
            loop.step();
        }

        assertThat(ran).isEqualTo(expected);
        assertThat(timers).filteredOn(LoopTimer::isCancelled).hasSize(TIMERS - expected.size());
    }

    @Test
    @DisplayName("takes it well when a timer cancels others and itself while it runs")
    void cancelFromATimer() {
        List<String> ran = new ArrayList<>();
        List<LoopTimer> others = new ArrayList<>();
        LoopTimer first = loop.schedule(Duration.ZERO, () -> {
            ran.add("first");
            others.forEach(LoopTimer::cancel);
        });
        others.add(first);
        for (int i = 0; i < 5_000; i++) {
            others.add(loop.schedule(Duration.ofHours(24), () -> ran.add("never")));
        }
        loop.schedule(Duration.ofDays(2), () -> ran.add("last"));

        loop.step();
        time.goOn(Duration.ofDays(2));
        loop.step();

        assertThat(ran).containsExactly("first", "last");
        assertThat(loop.untilNextTimer()).isNull();
    }
}
