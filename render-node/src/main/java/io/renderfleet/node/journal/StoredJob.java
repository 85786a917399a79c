package io.renderfleet.node.journal;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.SceneReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job as its journal has it.
 *
 * @param job what was accepted
 * @param frames what it was to render in the end
 * @param finished what it has rendered
 * @param startedAt when its first frame was begun, or null
 * @param warnings what an artist should know, in the order in which it was noticed
 * @param scene what was found in its scene, or null
 * @param end how it ended; null if it died with its node
 */
public record StoredJob(
        JobRecord job,
        FrameSet frames,
        FrameSet finished,
        @Nullable Instant startedAt,
        List<RenderWarning> warnings,
        @Nullable SceneReport scene,
        @Nullable JobEnd end) {

    private static final Logger log = LoggerFactory.getLogger(StoredJob.class);

    /** Copies the list. */
    public StoredJob {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads a journal. Lines that make no sense, such as one that was cut off, are left out.
     *
     * @param file the journal
     * @return the job, or empty if there is none in it
     * @throws IOException if it cannot be read
     */
    public static Optional<StoredJob> read(Path file) throws IOException {
        Reading reading = new Reading();
        forEachLine(file, reading::take);
        return reading.result();
    }

    /**
     * Reads the finished frames.
     *
     * @param file the journal
     * @return the frames in the order in which they were finished
     * @throws IOException if it cannot be read
     */
    public static Map<Integer, FrameOutput> frames(Path file) throws IOException {
        Map<Integer, FrameOutput> frames = new LinkedHashMap<>();
        forEachLine(file, line -> {
            if (line.kind().equals(FrameLine.KIND)) {
                FrameOutput output = FrameLine.parse(line);
                frames.put(output.frame(), output);
            }
        });
        return frames;
    }

    private static void forEachLine(Path file, Consumer<Line> consumer) throws IOException {
        // A reader that puts a sign in place of broken bytes, instead of giving the whole file up.
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                try {
                    consumer.accept(Line.parse(text));
                } catch (RuntimeException e) {
                    log.warn("A line of the journal {} makes no sense and is left out: {}", file, e.toString());
                }
            }
        }
    }

    private static final class Reading {
        private @Nullable JobRecord job;
        private @Nullable FrameSet frames;
        private final IntStream.Builder finished = IntStream.builder();
        private @Nullable Instant startedAt;
        private final List<RenderWarning> warnings = new ArrayList<>();
        private @Nullable SceneReport scene;
        private @Nullable JobEnd end;

        void take(Line line) {
            switch (line.kind()) {
                case JobRecord.KIND -> job = JobRecord.from(line);
                case JobJournal.STARTED -> startedAt = Instant.parse(line.get(1));
                case JobJournal.FRAMES -> {
                    String kept = line.find(1);
                    frames = kept == null ? FrameSet.empty() : FrameSet.parse(kept);
                }
                case FrameLine.KIND -> finished.add(FrameLine.frame(line));
                case JobJournal.WARNING -> warnings.add(warning(line));
                case SceneLine.KIND -> scene = SceneLine.parse(line);
                case JobEnd.KIND -> end = JobEnd.from(line);
                default -> {
                    // Of a later version, or empty.
                }
            }
        }

        private static RenderWarning warning(Line line) {
            String frame = line.find(2);
            String message = line.find(3);
            return new RenderWarning(
                    line.get(1), frame == null ? null : Integer.valueOf(frame), message == null ? "" : message);
        }

        Optional<StoredJob> result() {
            JobRecord accepted = job;
            if (accepted == null) {
                return Optional.empty();
            }
            return Optional.of(new StoredJob(
                    accepted,
                    frames == null ? accepted.frames() : frames,
                    FrameSet.of(finished.build().toArray()),
                    startedAt,
                    warnings,
                    scene,
                    end));
        }
    }
}
