package io.renderfleet.node.journal;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.EngineEvent.FrameSaved.Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says beside the frames which file is which frame, its length and digest, how long it took, who rendered it with what, from which
 * scene and settings. A table with tabs between columns and names above them; a later line about a file replaces an earlier one. Lines
 * that begin with {@code #} are no part of the table: {@code # warning}, kind, frame or nothing, message, and job say what an artist
 * should know.
 */
public final class Manifest {
    /** The file's name in the folder of the frames. */
    public static final String FILE_NAME = "manifest.tsv";

    private static final List<String> COLUMNS = List.of(
            "frame",
            "file",
            "bytes",
            "sha256",
            "main",
            "seconds",
            "node",
            "engine",
            "version",
            "scene",
            "settings",
            "job",
            "at",
            "output",
            "slot");

    /** Those of version 0.1.0; lines of later versions have more behind them. */
    private static final int FIRST_COLUMNS = 13;

    private static final String WARNING = "# warning";

    private static final Logger log = LoggerFactory.getLogger(Manifest.class);

    private final Path file;

    /**
     * Names the manifest of a folder.
     *
     * @param folder where the frames lie
     */
    public Manifest(Path folder) {
        this.file = folder.resolve(FILE_NAME);
    }

    /**
     * Where frames come from.
     *
     * @param node who rendered them
     * @param engine with what
     * @param picture scene and settings
     * @param job for which job
     */
    public record Origin(NodeId node, EngineInfo engine, Picture picture, String job) {}

    /**
     * What decides about the pixels of a frame, beside its number.
     *
     * @param scene the digest of the scene, or how it was named
     * @param settings as {@link SettingsText#ofPicture} gives them
     */
    public record Picture(String scene, String settings) {}

    /**
     * What the manifest says of one file.
     *
     * @param frame of which frame
     * @param file the file
     * @param picture scene and settings
     */
    public record Entry(int frame, OutputFile file, Picture picture) {}

    /**
     * Adds a frame.
     *
     * @param output its files
     * @param sources what in the scene wrote which file, by its name, as far as that is known
     * @param origin where it comes from
     * @param at when it was finished
     * @throws IOException if it cannot be written
     */
    public void add(FrameOutput output, Map<String, Source> sources, Origin origin, Instant at) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (OutputFile each : output.files()) {
            Source source = sources.get(each.name());
            lines.append(Line.of(
                            output.frame(),
                            each.name(),
                            each.bytes(),
                            each.sha256(),
                            each.main(),
                            output.renderTime().toMillis() / 1000.0,
                            origin.node(),
                            origin.engine().name(),
                            origin.engine().version(),
                            origin.picture().scene(),
                            origin.picture().settings(),
                            origin.job(),
                            at,
                            source == null ? null : source.output(),
                            source == null ? null : source.slot())
                    .text());
        }
        append(lines.toString());
    }

    /**
     * Adds what an artist should know.
     *
     * @param warning a warning of a job
     * @param job the job
     * @throws IOException if it cannot be written
     */
    public void warn(RenderWarning warning, String job) throws IOException {
        append(Line.of(WARNING, warning.kind(), warning.frame(), warning.message(), job)
                .text());
    }

    private void append(String lines) throws IOException {
        String header = Files.notExists(file) ? Line.of(COLUMNS.toArray()).text() : "";
        // In one piece, so that lines of several jobs never mix.
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            out.write(ByteBuffer.wrap((header + lines).getBytes(StandardCharsets.UTF_8)));
        }
    }

    /**
     * Reads the manifest. Lines that make no sense are left out.
     *
     * @return what it says of each file, by name; nothing if there is no manifest
     * @throws IOException if it cannot be read
     */
    public Map<String, Entry> read() throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                take(text, entries);
            }
        } catch (NoSuchFileException e) {
            return entries;
        }
        return entries;
    }

    private static void take(String text, Map<String, Entry> entries) {
        try {
            Line line = Line.parse(text);
            if (line.fields().size() >= FIRST_COLUMNS && !line.kind().equals(COLUMNS.get(0))) {
                OutputFile file = new OutputFile(
                        line.get(1),
                        Long.parseLong(line.get(2)),
                        new Sha256(line.get(3)),
                        Boolean.parseBoolean(line.get(4)));
                Picture picture =
                        new Picture(line.fields().get(9), line.fields().get(10));
                entries.put(file.name(), new Entry(Integer.parseInt(line.get(0)), file, picture));
            }
        } catch (IllegalArgumentException e) {
            // Cut off, or written by somebody else: such a file counts as unknown.
            log.debug("A line of a manifest makes no sense: {}", e.toString());
        }
    }
}
