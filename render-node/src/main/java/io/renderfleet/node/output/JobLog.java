package io.renderfleet.node.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log file of one job: each line is there for readers at once; beyond a cap only the last lines are kept, and written at the
 * end. Thread-safe. A log that cannot be written costs the log, never the job.
 */
public final class JobLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JobLog.class);
    private static final int TAIL = 50;
    private static final int MAX_LINE = 4096;
    private static final int MAX_TOLD = 500;

    private final Path file;
    private final long cap;
    private final Deque<String> tail = new ArrayDeque<>(TAIL);
    private @Nullable Writer out;
    private long written;
    private boolean cut;

    /**
     * Begins a log.
     *
     * @param file replaced if it is there
     * @param cap how many characters of it at most, not counting the last lines
     */
    public JobLog(Path file, long cap) {
        this.file = file;
        this.cap = cap;
        try {
            this.out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            log.warn("No log for this job: {} cannot be written: {}", file, e.toString());
        }
    }

    /**
     * Adds a line of the node's own, which is no part of the renderer's last lines.
     *
     * @param text without line end
     */
    public synchronized void title(String text) {
        write(text);
    }

    /**
     * Adds where a frame begins, which is no part of the renderer's last lines either. Left out once the log is cut.
     *
     * @param frame its number
     */
    public synchronized void began(int frame) {
        String mark = "Frame " + frame + " began";
        if (!cut && written + mark.length() <= cap) {
            write(mark);
        }
    }

    /**
     * Adds a line.
     *
     * @param text without line end; cut if it is very long
     */
    public synchronized void line(String text) {
        String line = cut(text, MAX_LINE);
        if (tail.size() == TAIL) {
            tail.removeFirst();
        }
        tail.addLast(line);
        if (cut) {
            return;
        }
        if (written + line.length() > cap) {
            cut = true;
            write("… the log is cut here, at its cap of " + cap + " characters; its last lines follow at the end");
        } else {
            write(line);
        }
    }

    /**
     * Returns the last lines.
     *
     * @return at most 50, oldest first, each cut to 500 characters: they travel with a failure
     */
    public synchronized List<String> tail() {
        return tail.stream().map(line -> cut(line, MAX_TOLD)).toList();
    }

    private static String cut(String line, int most) {
        return line.length() > most ? line.substring(0, most) + "…" : line;
    }

    private void write(String line) {
        Writer writer = out;
        if (writer == null) {
            return;
        }
        try {
            writer.write(line);
            writer.write('\n');
            writer.flush();
            written += line.length() + 1L;
        } catch (IOException e) {
            log.warn("The log {} ends here: {}", file, e.toString());
            quietly(writer);
            out = null;
        }
    }

    @Override
    public synchronized void close() {
        Writer writer = out;
        if (writer == null) {
            return;
        }
        if (cut) {
            tail.forEach(this::write);
        }
        quietly(writer);
        out = null;
    }

    private static void quietly(Writer writer) {
        try {
            writer.close();
        } catch (IOException | UncheckedIOException e) {
            log.debug("A log could not be closed", e);
        }
    }
}
