package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET …/frames}: the frames that are finished.
 *
 * @param frames one entry a frame
 */
public record FrameList(@Nullable List<Entry> frames) {
    /** What the marks, numbers and field names of an entry take at most in JSON, and those of a file, in bytes. */
    private static final int MOST_OF_ENTRY = 100;

    private static final int MOST_OF_FILE = 80;

    /** As {@code backslash, u, 0000}. */
    private static final int MOST_OF_CHARACTER = 6;

    /**
     * One frame.
     *
     * @param frame its number
     * @param files its files, one of them the main one
     * @param seconds how long it took
     * @param attempt under which attempt it was rendered
     */
    public record Entry(
            @Nullable Integer frame,
            @Nullable List<FileEntry> files,
            @Nullable Double seconds,
            @Nullable String attempt) {

        /**
         * Makes the wire form of a frame.
         *
         * @param output the frame
         * @param attempt under which attempt it was rendered, or null
         * @return its entry
         */
        public static Entry of(FrameOutput output, @Nullable String attempt) {
            return new Entry(
                    output.frame(),
                    output.files().stream().map(FileEntry::of).toList(),
                    JobStatus.seconds(output.renderTime()),
                    attempt);
        }

        private static FrameOutput output(@Nullable Entry entry) {
            if (entry == null) {
                throw new IllegalArgumentException("null in place of a frame");
            }
            return entry.toOutput();
        }

        FrameOutput toOutput() {
            if (frame == null || files == null) {
                throw new IllegalArgumentException("a frame without its number or files");
            }
            double took = seconds == null || !(seconds >= 0) || seconds > 1e9 ? 0 : seconds;
            return new FrameOutput(
                    frame, files.stream().map(FileEntry::file).toList(), Duration.ofMillis(Math.round(took * 1000)));
        }
    }

    /**
     * One file of a frame.
     *
     * @param name its path below the job's folder
     * @param bytes its length
     * @param sha256 the digest of its content
     * @param main whether it is the picture itself
     */
    public record FileEntry(
            @Nullable String name,
            @Nullable Long bytes,
            @Nullable String sha256,
            @Nullable Boolean main) {

        /**
         * Makes the wire form of a file.
         *
         * @param file the file
         * @return its entry
         */
        public static FileEntry of(OutputFile file) {
            return new FileEntry(file.name(), file.bytes(), file.sha256().hex(), file.main());
        }

        private static OutputFile file(@Nullable FileEntry entry) {
            if (entry == null) {
                throw new IllegalArgumentException("null in place of a file");
            }
            return entry.toFile();
        }

        private OutputFile toFile() {
            if (name == null || bytes == null || sha256 == null) {
                throw new IllegalArgumentException("a file without name, bytes or sha256");
            }
            return new OutputFile(name, bytes, new Sha256(sha256), main != null && main);
        }
    }

    /** Whether entries are so short that nobody needs to write them as JSON to know that they fit; false where that is not sure. */
    static boolean surelyShort(List<Entry> entries, int bytes) {
        long most = 2;
        for (Entry entry : entries) {
            most += MOST_OF_ENTRY + mostOf(entry.attempt);
            for (FileEntry file : entry.files == null ? List.<FileEntry>of() : entry.files) {
                most += MOST_OF_FILE + mostOf(file.name) + mostOf(file.sha256);
            }
        }
        return most <= bytes;
    }

    private static long mostOf(@Nullable String text) {
        long most = 0;
        for (int i = 0; text != null && i < text.length(); i++) {
            char c = text.charAt(i);
            most += c >= ' ' && c <= '~' && c != '"' && c != '\\' ? 1 : MOST_OF_CHARACTER;
        }
        return most;
    }

    /**
     * Reads the list.
     *
     * @return the frames
     * @throws IllegalArgumentException if an entry is incomplete or wrong
     */
    public List<FrameOutput> toOutputs() {
        return frames == null ? List.of() : frames.stream().map(Entry::output).toList();
    }
}
