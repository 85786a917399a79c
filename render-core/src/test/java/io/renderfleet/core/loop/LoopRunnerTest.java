package io.renderfleet.core.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The thread of a loop")
@Timeout(60)
class LoopRunnerTest {
    LoopRunnerTest() {}

    @Test
    @DisplayName("wakes up for a task although an earlier one has used up the last wake-up, as waiting for a lock does")
    void wakesUpAgain() throws Exception {
        Loop loop = new Loop(TimeSource.system());
        try (LoopRunner runner = LoopRunner.start(loop, "loop under test")) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch another = new CountDownLatch(1);
            CountDownLatch behind = new CountDownLatch(1);
            loop.execute(() -> {
                running.countDown();
                awaitSpinning(another);
                LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
            });
            running.await();
            loop.execute(behind::countDown);
            another.countDown();
            behind.await();
            assertThat(runner).isNotNull();

            CountDownLatch last = new CountDownLatch(1);
            loop.submit(() -> true).get(30, TimeUnit.SECONDS);
            loop.execute(last::countDown);

            assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("leaves nobody waiting who asks just when it ends")
    void callsWhileItEnds() throws Exception {
        for (int i = 0; i < 500; i++) {
            Loop loop = new Loop(TimeSource.system());
            LoopRunner runner = LoopRunner.start(loop, "loop under test");
            CountDownLatch asking = new CountDownLatch(1);
            CompletableFuture<Integer> asked = CompletableFuture.supplyAsync(() -> {
                int sum = 0;
                for (int call = 0; call < 50; call++) {
                    sum += loop.call(() -> 1);
                    asking.countDown();
                }
                return sum;
            });
            asking.await();
            runner.close();
            assertThat(asked.get(30, TimeUnit.SECONDS)).isEqualTo(50);
        }
    }

    /** Without parking, which would use the wake-up up too early. */
    private static void awaitSpinning(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait();
        }
    }
}
