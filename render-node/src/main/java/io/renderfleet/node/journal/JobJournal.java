package io.renderfleet.node.journal;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.SceneReport;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * Writes down what happens to one job, line by line. What a method has written survives the death of the process, though not of the
 * machine: a job that is lost with the machine is lost to its client too. Thread-safe.
 */
public final class JobJournal implements AutoCloseable {
    static final String STARTED = "started";
    static final String FRAMES = "frames";
    static final String WARNING = "warning";

    private final Path file;
    private final Writer out;

    private JobJournal(Path file, Writer out) {
        this.file = file;
        this.out = out;
    }

    /**
     * Begins a journal.
     *
     * @param file which must not exist
     * @param job what was accepted
     * @return the journal
     * @throws IOException if it cannot be written
     */
    public static JobJournal create(Path file, JobRecord job) throws IOException {
        JobJournal journal = new JobJournal(
                file, Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW));
        journal.add(job.line());
        return journal;
    }

    /**
     * Goes on with a journal of an earlier boot.
     *
     * @param file an existing journal
     * @return the journal
     * @throws IOException if it cannot be written
     */
    public static JobJournal reopen(Path file) throws IOException {
        Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        // A process that was killed may have left half a line.
        out.write('\n');
        return new JobJournal(file, out);
    }

    /**
     * Returns the file.
     *
     * @return the journal's file
     */
    public Path file() {
        return file;
    }

    /**
     * Notes that rendering has begun.
     *
     * @param at when it happened
     * @throws IOException if it cannot be written
     */
    public void started(Instant at) throws IOException {
        add(Line.of(STARTED, at));
    }

    /**
     * Notes that the job was shortened.
     *
     * @param frames what it keeps
     * @throws IOException if it cannot be written
     */
    public void shortened(FrameSet frames) throws IOException {
        add(Line.of(FRAMES, frames));
    }

    /**
     * Notes a finished frame.
     *
     * @param output its files
     * @throws IOException if it cannot be written
     */
    public void finished(FrameOutput output) throws IOException {
        add(FrameLine.of(output));
    }

    /**
     * Notes what an artist should know.
     *
     * @param warning one that was not noted yet
     * @throws IOException if it cannot be written
     */
    public void warned(RenderWarning warning) throws IOException {
        add(Line.of(WARNING, warning.kind(), warning.frame(), warning.message()));
    }

    /**
     * Notes what was found in the scene, in place of what was noted before.
     *
     * @param report all that is known by now
     * @throws IOException if it cannot be written
     */
    public void scene(SceneReport report) throws IOException {
        add(SceneLine.of(report));
    }

    /**
     * Notes the end.
     *
     * @param end how the job ended
     * @throws IOException if it cannot be written
     */
    public void ended(JobEnd end) throws IOException {
        add(end.line());
    }

    private synchronized void add(Line line) throws IOException {
        out.write(line.text());
        out.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
