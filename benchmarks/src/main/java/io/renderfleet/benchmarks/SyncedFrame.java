package io.renderfleet.benchmarks;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.output.FolderOutputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What it costs to have a frame on the disk before it is accepted: milliseconds by the clock from its first byte until it is published, with and
 * without, by one thread and by the eight that the engine has.
 *
 * <p>Frames are written to the folder that is the first argument, so the figures are of its disk. The two ways take turns.
 */
public final class SyncedFrame {
    private static final int ROUNDS = 5;
    private static final int ENGINES_THREADS = 8;
    private static final int MB = 1_000_000;

    private SyncedFrame() {}

    /** What frames look like: their bytes, and how many are published in a round. */
    private static final class Frames {
        private final byte[] content;
        private final Sha256 digest;
        private final int count;

        private Frames(int bytes, int count) {
            content = new byte[bytes];
            new SplittableRandom(1).nextBytes(content);
            MessageDigest sha = Sha256.newDigest();
            sha.update(content);
            digest = Sha256.of(sha);
            this.count = count;
        }
    }

    /**
     * Measures frames of 0.1, 2 and 33 MB.
     *
     * @param args a folder on the disk that is to be measured; default {@code target}
     * @throws Exception if a frame cannot be published
     */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args.length == 0 ? "target" : args[0]), "synced");
        try {
            System.out.printf(
                    "%-8s %7s %14s %14s   ms a frame, median of %d rounds%n",
                    "MB", "threads", "on the disk", "left to system", ROUNDS);
            for (Frames frames : List.of(new Frames(MB / 10, 100), new Frames(2 * MB, 50), new Frames(33 * MB, 10))) {
                for (int threads : new int[] {1, ENGINES_THREADS}) {
                    measure(folder, frames, threads);
                }
            }
        } finally {
            FileTree.remove(folder);
        }
    }

    private static void measure(Path folder, Frames frames, int threads) throws Exception {
        List<Double> synced = new ArrayList<>();
        List<Double> left = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            synced.add(publish(new FolderOutputs(folder), frames, threads));
            left.add(publish(new FolderOutputs(folder).leavingSyncToSystem(), frames, threads));
        }
        System.out.printf(
                "%-8.1f %7d %14.1f %14.1f%n",
                frames.content.length / (double) MB, threads, median(synced), median(left));
    }

    private static double publish(FolderOutputs outputs, Frames frames, int threads) throws Exception {
        JobId job = new JobId("shot");
        Path folder = outputs.open(job, null);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            long start = System.nanoTime();
            List<Future<?>> published = new ArrayList<>();
            for (int frame = 1; frame <= frames.count; frame++) {
                int number = frame;
                published.add(pool.submit(() -> {
                    publish(outputs, job, frames, number);
                    return null;
                }));
            }
            for (Future<?> one : published) {
                one.get();
            }
            return (System.nanoTime() - start) / 1e6 / frames.count;
        } finally {
            pool.shutdown();
            FileTree.remove(folder);
        }
    }

    private static void publish(FolderOutputs outputs, JobId job, Frames frames, int number) throws IOException {
        OutputFile file = new OutputFile("shot_%04d.exr".formatted(number), frames.content.length, frames.digest, true);
        Path staged = outputs.stage(job, new AttemptId("f-1", 1, number), file);
        Files.write(staged, frames.content);
        outputs.publish(job, staged, file);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
