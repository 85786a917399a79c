package io.renderfleet.node;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.node.journal.JobRecord;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders of one job: planned before it is accepted, made afterwards.
 *
 * @param published where a client that asks directly finds the frames; null where a coordinator publishes them
 * @param attempt where the engine writes
 * @param work for temporary files
 * @param log the log file
 * @param journal the journal
 */
record JobFolder(@Nullable Path published, Path attempt, Path work, Path log, Path journal) {
    private static final Logger logger = LoggerFactory.getLogger(JobFolder.class);

    /**
     * A coordinator's attempts lie below the job that it names, so that it finds them in a shared folder. A direct job has a folder of its
     * own, since two jobs must never write the same file; only one that must not overwrite joins the folder of that name, because what lies
     * there is what it shall keep.
     */
    static JobFolder plan(NodeFolders folders, String id, NodeJobRequest request, @Nullable AttemptId by) {
        String name = request.job() == null ? id : request.job().value();
        if (by != null) {
            Path attempts = folders.output().resolve(name).resolve(NodeFolders.ATTEMPTS);
            String number = by.epoch() + "-" + by.seq();
            Path own = attempts.resolve(number);
            return at(folders, id, null, Files.exists(own) ? attempts.resolve(number + "-" + id) : own);
        }
        Path published = folders.output().resolve(name);
        if (!joins(request) && Files.exists(published)) {
            published = folders.output().resolve(shorten(name) + "-" + id);
        }
        return at(
                folders, id, published, published.resolve(NodeFolders.ATTEMPTS).resolve(id));
    }

    /** Finds the folders of a job again. */
    static JobFolder of(NodeFolders folders, JobRecord job) {
        String published = job.published();
        return at(
                folders,
                job.id(),
                published == null ? null : folders.output().resolve(published),
                folders.output().resolve(job.attemptFolder()));
    }

    private static JobFolder at(NodeFolders folders, String id, @Nullable Path published, Path attempt) {
        return new JobFolder(
                published,
                attempt,
                folders.work().resolve(id),
                folders.logs().resolve(id + ".log"),
                folders.jobs().resolve(id + ".job"));
    }

    /** Whether a direct job shares a folder with others of its name. */
    static boolean joins(NodeJobRequest request) {
        return Objects.equals(request.settings().overwrite(), false);
    }

    /** Where finished frames lie. */
    Path frames() {
        return published == null ? attempt : published;
    }

    /** Makes them, inside the output root even where a link lies in the way. */
    void make(Path outputRoot) throws IOException {
        Path parent = Files.createDirectories(attempt.resolve("..").normalize());
        if (!parent.toRealPath().startsWith(outputRoot)) {
            throw new IOException("a link leads out of the output root");
        }
        createNew(attempt);
        createNew(work);
    }

    private static void createNew(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("the folder of an attempt was there before the attempt", e);
        }
    }

    /** Removes what is of no use after the end; published frames stay, and those that a coordinator may still fetch. */
    void clear() {
        FileTree.remove(work);
        if (published != null) {
            FileTree.remove(attempt);
            removeIfEmpty(attempt.getParent());
        }
    }

    /** Removes everything but published frames. */
    void discard() {
        clear();
        if (published == null) {
            FileTree.remove(attempt);
            removeIfEmpty(attempt.getParent());
            removeIfEmpty(attempt.resolve("../..").normalize());
        }
        FileTree.remove(log);
        FileTree.remove(journal);
    }

    private static void removeIfEmpty(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Others still use it.
        } catch (IOException e) {
            logger.debug("Could not remove {}", folder, e);
        }
    }

    /** A name with the id behind it must still be a name. */
    private static String shorten(String name) {
        return new JobId(name.length() > 90 ? name.substring(0, 90) : name).value();
    }
}
