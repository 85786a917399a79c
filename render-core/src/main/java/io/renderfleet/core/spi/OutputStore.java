package io.renderfleet.core.spi;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the frames of jobs end up: a folder, or something that several coordinators share.
 *
 * <p>A file is fetched into its {@linkplain #stage staging place}, and then published at once and whole, or not at all. Published
 * files are never replaced: the first verified copy wins. Thread-safe; calls may block and are never made on the engine's loop.
 */
public interface OutputStore {

    /**
     * Returns the place to fetch a file into.
     *
     * @param job the job
     * @param attempt the attempt
     * @param file which file
     * @return a path in a folder that exists; whatever an earlier try left there is gone
     * @throws IOException if the place cannot be made
     */
    Path stage(JobId job, AttemptId attempt, OutputFile file) throws IOException;

    /**
     * Takes a file from where the node that rendered it has left it, if that is a folder that both see; otherwise it is fetched. Blocks
     * as long as reading the file takes.
     *
     * @param job the job
     * @param attempt the attempt
     * @param file which file
     * @param staged a path from {@link #stage}, at which the whole and checked file is afterwards
     * @param check is shown the bytes of the file as they are read; one in which it finds something wrong is not taken
     * @return false if there is no such file with that length and digest; nothing is at {@code staged} then
     * @throws IOException if the file could not be put there
     */
    default boolean adopt(JobId job, AttemptId attempt, OutputFile file, Path staged, ContentCheck check)
            throws IOException {
        return false;
    }

    /**
     * Makes a fetched file visible under its own name, unless this job has published a file of that name before. The frame counts as
     * accepted afterwards, and is not rendered again: so the file should be as durable by then as the jobs are in their store.
     *
     * @param job the job
     * @param staged a path from {@link #stage}, holding the whole and checked file; gone afterwards
     * @param file which file
     * @return the file that is published now: the given one, or the one that was there before, with its own length and digest
     * @throws java.nio.file.FileAlreadyExistsException if somebody else has put a file of that name there
     * @throws IOException if it cannot be published, or a link would lead it out of the job's folder
     */
    OutputFile publish(JobId job, Path staged, OutputFile file) throws IOException;

    /**
     * Returns the path of a published file.
     *
     * @param job the job
     * @param name its path relative to the job's folder
     * @return the absolute path, whether or not there is a file
     * @throws IllegalArgumentException if the name leaves the job's folder
     */
    Path published(JobId job, String name);

    /**
     * Opens the folder for the files of a job, and makes it if it does not exist.
     *
     * @param job the job
     * @param requested the folder that the request names, or null for the store's own choice
     * @return the absolute path
     * @throws IOException if the folder cannot be made or written
     */
    Path open(JobId job, @Nullable Path requested) throws IOException;

    /**
     * Removes what attempts of a job have left staged.
     *
     * @param job the job
     */
    void sweep(JobId job);
}
