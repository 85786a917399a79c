package io.renderfleet.orchestrator.joblog;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.local.OwnFolder;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.JobId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in a folder, {@code {job}/{batch}.log.gz}, readable by this user alone. Above a quota the logs of those jobs go first of which none
 * was added for the longest time. Thread-safe.
 *
 * <p>A log that cannot be written or read costs that log and a line in this program's own log, never more.
 */
public final class LogShelf {
    private static final Logger log = LoggerFactory.getLogger(LogShelf.class);
    private static final String END = ".log.gz";
    private static final String PART = ".part";

    private final Path folder;
    private final long quota;
    private final int cap;

    /** How many bytes each job's logs take; the job that had none added for the longest time comes first. */
    private final Map<JobId, Long> jobs = new LinkedHashMap<>();

    private long total;

    /**
     * Makes a shelf; nothing is read or written yet.
     *
     * @param folder made when the first log comes
     * @param quota how many bytes all logs may take on the disk, compressed
     * @param cap how many bytes of the end of a log are kept, uncompressed
     */
    public LogShelf(Path folder, long quota, int cap) {
        this.folder = folder.toAbsolutePath().normalize();
        this.quota = quota;
        this.cap = cap;
    }

    /**
     * Takes stock of what is there, and removes the logs of jobs that are not known any more.
     *
     * @param known all jobs that are known
     */
    public synchronized void keepOnly(Set<JobId> known) {
        jobs.clear();
        total = 0;
        for (Path there : oldestFirst(folder)) {
            JobId job = jobOf(there);
            if (job != null && known.contains(job)) {
                long bytes = bytesIn(there);
                jobs.put(job, bytes);
                total += bytes;
            } else {
                FileTree.remove(there);
            }
        }
        makeRoom();
    }

    /**
     * Keeps a log in the place of an earlier one of the same batch.
     *
     * @param job of which job
     * @param batch of which batch
     * @param text the log
     */
    public void put(JobId job, BatchId batch, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int from = Math.max(0, bytes.length - cap);
        Path file = file(job, batch);
        Path part = file.resolveSibling(file.getFileName() + PART);
        synchronized (this) {
            try {
                OwnFolder.makePrivate(folder.resolve(job.value()));
                try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(part))) {
                    out.write(bytes, from, bytes.length - from);
                }
                OwnFolder.keepPrivate(part);
                long more = Files.size(part) - (Files.exists(file) ? Files.size(file) : 0);
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                // The job whose log came just now comes last.
                Long had = jobs.remove(job);
                jobs.put(job, (had == null ? 0 : had) + more);
                total += more;
                makeRoom();
            } catch (IOException e) {
                log.warn("the log of batch {} of job {} cannot be kept: {}", batch, job, e.toString());
            }
        }
    }

    /** Drops the logs of whole jobs until the others are within the quota; of the last job its oldest logs. */
    private void makeRoom() {
        while (total > quota && jobs.size() > 1) {
            JobId first = jobs.keySet().iterator().next();
            log.info("the logs of job {} are removed: all logs may take {} bytes", first, quota);
            forget(first);
        }
        if (total > quota) {
            jobs.keySet().stream().findFirst().ifPresent(this::makeRoomWithin);
        }
    }

    private void makeRoomWithin(JobId job) {
        for (Path file : oldestFirst(folder.resolve(job.value()))) {
            if (total <= quota) {
                return;
            }
            try {
                long bytes = Files.size(file);
                Files.delete(file);
                total -= bytes;
                jobs.merge(job, -bytes, Long::sum);
            } catch (IOException e) {
                log.warn("{} cannot be removed: {}", file, e.toString());
            }
        }
    }

    /**
     * Reads a log.
     *
     * @param job of which job
     * @param batch of which batch
     * @return its text, or empty if it is not kept
     */
    public Optional<String> get(JobId job, BatchId batch) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file(job, batch)))) {
            return Optional.of(new String(in.readNBytes(cap), StandardCharsets.UTF_8));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            log.warn("the log of batch {} of job {} cannot be read: {}", batch, job, e.toString());
            return Optional.empty();
        }
    }

    /**
     * Says whether a log is kept.
     *
     * @param job of which job
     * @param batch of which batch
     * @return whether its file is there
     */
    public boolean has(JobId job, BatchId batch) {
        return Files.isRegularFile(file(job, batch));
    }

    /**
     * Removes the logs of a job.
     *
     * @param job that is not known any more
     */
    public synchronized void forget(JobId job) {
        FileTree.remove(folder.resolve(job.value()));
        Long bytes = jobs.remove(job);
        total -= bytes == null ? 0 : bytes;
    }

    private Path file(JobId job, BatchId batch) {
        return folder.resolve(job.value()).resolve(batch.value() + END);
    }

    private static List<Path> oldestFirst(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> there = Files.list(folder)) {
            Map<Path, Long> changed = new HashMap<>();
            there.forEach(path -> changed.put(path, path.toFile().lastModified()));
            return changed.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            log.warn("the logs in {} cannot be listed: {}", folder, e.toString());
            return List.of();
        }
    }

    private static @Nullable JobId jobOf(Path folder) {
        try {
            return new JobId(folder.getFileName().toString());
        } catch (IllegalArgumentException noJob) {
            return null;
        }
    }

    private static long bytesIn(Path job) {
        try (Stream<Path> logs = Files.list(job)) {
            return logs.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            log.warn("the logs in {} cannot be listed: {}", job, e.toString());
            return 0;
        }
    }
}
