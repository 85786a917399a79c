package io.renderfleet.node;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The folders of one job: planned before it is accepted, made afterwards.
 *
 * @param published where a client that asks directly finds the frames; null where a coordinator publishes them
 * @param attempt where the engine writes
 * @param work for temporary files
 * @param log the log file
 */
record JobFolder(@Nullable Path published, Path attempt, Path work, Path log) {

    /**
     * A coordinator's attempts lie below the job that it names, so that it finds them in a shared folder. A direct job has a folder
     * of its own, since two jobs must never write the same file; only one that is told not to overwrite joins the folder of that
     * name, because what lies there is what it shall keep.
     */
    static JobFolder plan(NodeFolders folders, String id, NodeJobRequest request, @Nullable AttemptId attempt) {
        String name = request.job() == null ? id : request.job().value();
        Path work = folders.work().resolve(id);
        Path log = folders.logs().resolve(id + ".log");
        if (attempt != null) {
            Path attempts = folders.output().resolve(name).resolve(NodeFolders.ATTEMPTS);
            Path own = attempts.resolve(attempt.epoch() + "-" + attempt.seq());
            return new JobFolder(
                    null, Files.exists(own) ? attempts.resolve(own.getFileName() + "-" + id) : own, work, log);
        }
        Path published = folders.output().resolve(name);
        if (!Objects.equals(request.settings().overwrite(), false) && Files.exists(published)) {
            published = folders.output().resolve(shorten(name) + "-" + id);
        }
        return new JobFolder(published, published.resolve(NodeFolders.ATTEMPTS).resolve(id), work, log);
    }

    void make() throws IOException {
        Files.createDirectories(attempt.getParent());
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

    /** A name with the id behind it must still be a name. */
    private static String shorten(String name) {
        return new JobId(name.length() > 90 ? name.substring(0, 90) : name).value();
    }
}
