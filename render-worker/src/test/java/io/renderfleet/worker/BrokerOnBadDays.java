package io.renderfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.testkit.Cable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Five hundred batches through a real broker, while everything is killed and cut that can be. Each broker has a subclass. */
@Tag("brokers")
abstract class BrokerOnBadDays {
    private static final Logger log = LoggerFactory.getLogger(BrokerOnBadDays.class);
    private static final int BATCHES = 500;
    private static final int FRAMES_OF_A_BATCH = 5;
    private static final int FRAMES = BATCHES * FRAMES_OF_A_BATCH;
    private static final int WORKERS = 6;

    private final long seed = Long.getLong("renderfleet.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<Mishap, Integer> happened = new HashMap<>();

    /** What happens to the farm, and how often. */
    private enum Mishap {
        WORKER_KILLED(8),
        BROKER_KILLED(2),
        COORDINATOR_KILLED(2),
        COORDINATOR_FROM_BROKER(2),
        WORKERS_FROM_BROKER(2),
        WORKERS_FROM_STORE(2);

        private final int times;

        Mishap(int times) {
            this.times = times;
        }
    }

    /**
     * Starts a broker in a process of its own.
     *
     * @param folder where it may keep what it likes
     * @param forCoordinator must lead to it in the end
     * @param forWorkers must lead to it in the end, too
     */
    abstract KilledBroker start(Path folder, Cable forCoordinator, Cable forWorkers) throws Exception;

    @Test
    @DisplayName(
            "2,500 frames are accepted once each, though workers, the broker and the coordinator are killed and cut off")
    @Timeout(value = 12, unit = TimeUnit.MINUTES)
    void badDay(@TempDir Path folder) throws Exception {
        log.warn("seed {} (again with -Drenderfleet.seed={})", seed, seed);
        long began = System.nanoTime();
        try (Cable forCoordinator = Cable.open();
                Cable forWorkers = Cable.open();
                KilledBroker broker =
                        start(Files.createDirectory(folder.resolve("broker")), forCoordinator, forWorkers);
                BadDaysFarm farm = new BadDaysFarm(
                        Files.createDirectory(folder.resolve("farm")), broker, forCoordinator, forWorkers, FRAMES)) {
            farm.awaitCoordinator();
            for (int i = 0; i < WORKERS; i++) {
                farm.startWorker();
            }
            String job = farm.submit(FRAMES_OF_A_BATCH);
            List<Mishap> mishaps = mishaps();
            for (int i = 0; i < mishaps.size(); i++) {
                awaitPublished(farm, job, FRAMES * 9 / 10 * (i + 1) / (mishaps.size() + 1));
                switch (mishaps.get(i)) {
                    case WORKER_KILLED -> farm.replaceWorker(random.nextInt(WORKERS), random.nextBoolean());
                    case BROKER_KILLED -> {
                        broker.kill();
                        broker.startAgain();
                    }
                    case COORDINATOR_KILLED -> farm.restartCoordinator();
                    case COORDINATOR_FROM_BROKER -> cut(farm, forCoordinator, mishaps.get(i));
                    case WORKERS_FROM_BROKER -> cut(farm, forWorkers, mishaps.get(i));
                    default -> cut(farm, farm.toStore(), mishaps.get(i));
                }
                happened.merge(mishaps.get(i), 1, Integer::sum);
                log.warn("{} after {} s", mishaps.get(i), seconds(began));
            }
            JsonNode ended = farm.awaitEnd(job);
            long seconds = seconds(began);

            assertThat(ended.get("state").asText())
                    .as("seed %s: %s", seed, ended)
                    .isEqualTo("completed");
            assertThat(ended.get("accepted").asText()).isEqualTo("1-" + FRAMES);
            assertFiles(farm, job);
            List<JobTransition> history = farm.history();
            assertAcceptedOnce(farm, history);
            report(farm, history, seconds);
        }
    }

    private static long seconds(long since) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
    }

    private List<Mishap> mishaps() {
        List<Mishap> all = new ArrayList<>();
        for (Mishap mishap : Mishap.values()) {
            all.addAll(Collections.nCopies(mishap.times, mishap));
        }
        Collections.shuffle(all, random);
        return all;
    }

    private static void awaitPublished(BadDaysFarm farm, String job, int frames) throws Exception {
        while (farm.published(job).size() < frames) {
            farm.runFor(Duration.ofMillis(100));
        }
    }

    /** For three to eight seconds; the first time nobody is told, the second time connections break. */
    private void cut(BadDaysFarm farm, Cable cable, Mishap mishap) throws Exception {
        if (happened.containsKey(mishap)) {
            cable.tear();
        } else {
            cable.silence();
        }
        farm.runFor(Duration.ofMillis(3_000 + random.nextInt(5_000)));
        cable.heal();
    }

    private static void assertFiles(BadDaysFarm farm, String job) throws Exception {
        List<Path> files = farm.published(job);
        assertThat(files.size()).as("files").isEqualTo(FRAMES);
        for (int frame = 1; frame <= FRAMES; frame++) {
            assertThat(Sha256.of(files.get(frame - 1))).as("frame %s", frame).isEqualTo(Sha256.of(farm.picture(frame)));
        }
    }

    private static void assertAcceptedOnce(BadDaysFarm farm, List<JobTransition> history) throws Exception {
        Map<Integer, Integer> accepted = new HashMap<>();
        for (JobTransition transition : history) {
            if (transition instanceof JobTransition.FramesAccepted some) {
                for (FrameOutput frame : some.frames()) {
                    accepted.merge(frame.frame(), 1, Integer::sum);
                    assertThat(frame.files())
                            .extracting(OutputFile::sha256)
                            .containsExactly(Sha256.of(farm.picture(frame.frame())));
                }
            }
        }
        assertThat(accepted.values()).as("how often each was accepted").containsOnly(1);
        assertThat(accepted.size()).as("frames that were accepted").isEqualTo(FRAMES);
    }

    /** A worker that is killed has one batch that runs, and perhaps one whose end it had not reported. */
    private void report(BadDaysFarm farm, List<JobTransition> history, long seconds) throws Exception {
        long batches = history.stream()
                .filter(JobTransition.BatchDispatched.class::isInstance)
                .count();
        int again =
                farm.renders().values().stream().mapToInt(times -> times - 1).sum();
        int redelivered =
                farm.deliveries().values().stream().mapToInt(times -> times - 1).sum();
        log.warn(
                "{} batches for {}, {} frames, {} s; {}; messages delivered again {}, frames rendered again {}",
                batches,
                BATCHES,
                FRAMES,
                seconds,
                happened,
                redelivered,
                again);
        assertThat(farm.deliveries().size()).as("batches that were taken").isGreaterThanOrEqualTo(BATCHES);
        assertThat(again)
                .as("frames rendered again, with seed %s", seed)
                .isLessThanOrEqualTo(2 * FRAMES_OF_A_BATCH * Mishap.WORKER_KILLED.times);
    }
}
