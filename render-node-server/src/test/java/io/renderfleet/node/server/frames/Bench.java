package io.renderfleet.node.server.frames;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.engine.blender.SessionMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** One Blender with all that rows are tried with: a workshop for scenes, farms for each kind of session, and a count of what was done. */
final class Bench implements AutoCloseable {
    private static final Duration LONGEST_JOB = Duration.ofMinutes(5);
    private static final Duration LONGEST_FAILURE = Duration.ofSeconds(90);

    final Blender blender;
    final Tally tally = new Tally();

    private final Path work;
    private final Workshop workshop;
    private final Comparison comparison;
    private final Map<String, Fleet> fleets = new HashMap<>();

    Bench(Blender blender, Path work) throws IOException {
        this.blender = blender;
        this.work = Files.createDirectories(work);
        this.workshop = new Workshop(blender, work);
        this.comparison = new Comparison(workshop);
        Files.deleteIfExists(report());
    }

    Specimen specimen(Row row) throws IOException {
        return Specimen.of(row, blender, work, workshop);
    }

    /** Renders a row in one way, and says what is not as the row wants it; empty where all is. */
    String problem(Row row, Run run, Specimen specimen) throws IOException, InterruptedException {
        Expectation expected = row.expectation(blender.series()).orElseThrow();
        Duration patience = expected instanceof Expectation.Fails ? LONGEST_FAILURE : LONGEST_JOB;
        Fleet.Delivery delivery;
        try {
            delivery = fleet(run.mode(), row.isTrusted()).render(row, specimen, run.batch(), patience);
        } catch (TimeoutException e) {
            return "the job had not ended after " + patience.toSeconds() + " s";
        }
        Failure failure = delivery.job().failure();
        String ended = "the job ended " + delivery.job().state() + (failure == null ? "" : " with " + failure);
        if (expected instanceof Expectation.Fails wanted) {
            tally.comparisons++;
            boolean named = failure != null
                    && delivery.job().state() == JobState.FAILED
                    && failure.kind() == wanted.kind()
                    && failure.message().contains(wanted.word());
            return named ? "" : ended + ", not with " + wanted;
        }
        if (delivery.job().state() != JobState.COMPLETED) {
            return ended;
        }
        String differences = comparison.differences(row, delivery.result(), specimen.bareFrames(), tally);
        return differences.isEmpty() && expected instanceof Expectation.Warns wanted
                ? unwarned(delivery.result().warnings(), wanted)
                : differences;
    }

    private String unwarned(List<RenderWarning> warnings, Expectation.Warns wanted) {
        tally.comparisons++;
        return warnings.stream()
                        .anyMatch(each -> each.kind().equals(wanted.kind())
                                && each.message().contains(wanted.word()))
                ? ""
                : "the job's warnings are " + warnings + ", not " + wanted;
    }

    private Fleet fleet(SessionMode mode, boolean trusted) throws IOException {
        String name = "farm-" + mode + (trusted ? "-trusted" : "");
        Fleet there = fleets.get(name);
        if (there == null) {
            there = new Fleet(blender, mode, trusted, work.resolve(name));
            fleets.put(name, there);
        }
        return there;
    }

    /** Adds a line to the report, which can be read while the rows are rendered. */
    void report(String line) throws IOException {
        Files.writeString(report(), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Path report() {
        return work.resolve("report.txt");
    }

    @Override
    public void close() {
        fleets.values().forEach(Fleet::close);
        workshop.close();
    }
}
