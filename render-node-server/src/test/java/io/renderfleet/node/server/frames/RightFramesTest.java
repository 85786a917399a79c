package io.renderfleet.node.server.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobState;
import io.renderfleet.engine.blender.SessionMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Renders the scenes of {@link Rows} through nodes and compares every file, pixel by pixel, with what {@code blender -a} makes of the
 * same scene, or asks for the failure or the warning that the row names.
 *
 * <p>An ordinary build renders the rows that are marked for it, each in one way. The profile {@code right-frames} renders all rows, in
 * warm and process sessions, in batches of one, two and all frames, and with the Blenders that {@value Blender#FURTHER} names too. The
 * property {@code renderfleet.rows} picks rows whose names contain its value.
 */
@DisplayName("The frames of a scene are right")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RightFramesTest {
    private static final Path WORK = Path.of("target", "right-frames").toAbsolutePath();
    private static final boolean ALL = Boolean.getBoolean("renderfleet.right-frames");
    private static final String PICKED = System.getProperty("renderfleet.rows", "");
    private static final Duration LONGEST_JOB = Duration.ofMinutes(5);
    private static final Duration LONGEST_FAILURE = Duration.ofSeconds(90);

    private final List<Blender> blenders = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, Fleet> fleets = new HashMap<>();
    private final Map<Path, Map<String, String>> digestsOfBare = new HashMap<>();
    private final Map<String, Tally> tallies = new LinkedHashMap<>();

    RightFramesTest() {}

    /** What was done with one Blender. */
    private static final class Tally {
        private int scenes;
        private int frames;
        private int comparisons;
        private int pending;

        @Override
        public String toString() {
            return scenes + " scenes, " + frames + " frames, " + comparisons + " comparisons"
                    + (pending == 0 ? "" : ", " + pending + " scenes pending");
        }
    }

    @BeforeAll
    void findBlenders() throws IOException, InterruptedException {
        blenders.add(Blender.usual());
        if (ALL) {
            blenders.addAll(Blender.further(WORK));
        }
    }

    @AfterAll
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        tallies.forEach((blender, tally) -> System.out.println("Right frames, Blender " + blender + ": " + tally));
    }

    @TestFactory
    @DisplayName("with Blender")
    Stream<DynamicContainer> withEachBlender() {
        return blenders.stream().map(blender -> {
            Path work = WORK.resolve(blender.version());
            Workshop workshop = new Workshop(blender, work);
            open.add(workshop);
            return DynamicContainer.dynamicContainer(blender.version(), rows(blender, workshop, work));
        });
    }

    private Stream<DynamicTest> rows(Blender blender, Workshop workshop, Path work) {
        return Rows.ALL.stream()
                .filter(row -> ALL || row.inVerify().isPresent())
                .filter(row -> row.toString().contains(PICKED))
                .filter(row -> row.expectation(blender.series()).isPresent())
                .map(row -> DynamicTest.dynamicTest(
                        row + ": " + row.expectation(blender.series()).orElseThrow(),
                        () -> hold(row, blender, workshop, work)));
    }

    private void hold(Row row, Blender blender, Workshop workshop, Path work) throws Exception {
        Tally tally = tallies.computeIfAbsent(blender.version(), version -> new Tally());
        Expectation expected = row.expectation(blender.series()).orElseThrow();
        Optional<String> pending = row.pending(blender.series());
        Specimen specimen = Specimen.of(row, blender, work, workshop);
        List<String> problems = new ArrayList<>();
        for (Run run : ALL ? Run.all() : List.of(row.inVerify().orElseThrow())) {
            String problem =
                    problem(row, run, expected, specimen, workshop, fleet(blender, run.mode(), row, work), tally);
            if (!problem.isEmpty()) {
                problems.add(run + ": " + problem);
                if (pending.isPresent()) {
                    break;
                }
            }
        }
        tally.scenes++;
        tally.pending += pending.isPresent() ? 1 : 0;
        if (pending.isPresent()) {
            assertThat(problems)
                    .as("%s holds now: take its mark away, which says \"%s\"", row, pending.get())
                    .isNotEmpty();
        } else if (!problems.isEmpty()) {
            fail(String.join("\n", problems));
        }
    }

    private Fleet fleet(Blender blender, SessionMode mode, Row row, Path work) throws IOException {
        String name = blender.version() + "-" + mode + (row.isTrusted() ? "-trusted" : "");
        Fleet there = fleets.get(name);
        if (there == null) {
            there = new Fleet(
                    blender, mode, row.isTrusted(), work.resolve("farm-" + mode + (row.isTrusted() ? "-trusted" : "")));
            open.add(there);
            fleets.put(name, there);
        }
        return there;
    }

    /** What is not as the row wants it; empty where it is. */
    private String problem(
            Row row, Run run, Expectation expected, Specimen specimen, Workshop workshop, Fleet fleet, Tally tally)
            throws IOException, InterruptedException {
        boolean fails = expected instanceof Expectation.Fails;
        Duration patience = fails ? LONGEST_FAILURE : LONGEST_JOB;
        Fleet.Delivery delivery;
        try {
            delivery = fleet.render(row, specimen, run.batch(), patience);
        } catch (TimeoutException e) {
            return "the job had not ended after " + patience.toSeconds() + " s";
        }
        Failure failure = delivery.job().failure();
        if (expected instanceof Expectation.Fails wanted) {
            tally.comparisons++;
            boolean named = failure != null
                    && delivery.job().state() == JobState.FAILED
                    && failure.kind() == wanted.kind()
                    && failure.message().contains(wanted.word());
            return named ? "" : "the job ended " + delivery.job().state() + " with " + failure + ", not " + wanted;
        }
        if (delivery.job().state() != JobState.COMPLETED) {
            return "the job ended " + delivery.job().state() + " with " + failure;
        }
        return differences(row, delivery, specimen.bareFrames(), workshop, tally);
    }

    private String differences(
            Row row, Fleet.Delivery delivery, Map<Integer, List<Path>> bare, Workshop workshop, Tally tally)
            throws IOException {
        List<String> found = new ArrayList<>();
        for (FrameOutput frame : delivery.result().frames()) {
            tally.frames++;
            List<Path> theirs = new ArrayList<>(bare.getOrDefault(frame.frame(), List.of()));
            List<Path> ours = frame.files().stream()
                    .sorted(java.util.Comparator.comparing(file -> !file.main()))
                    .map(file -> delivery.result().folder().resolve(file.name()))
                    .toList();
            for (Path file : ours) {
                tally.comparisons++;
                Map<String, String> pixels = workshop.digests(file);
                Optional<Path> same = Optional.empty();
                for (Path each : theirs) {
                    if (digestsOfBare(each, workshop).equals(pixels)) {
                        same = Optional.of(each);
                        break;
                    }
                }
                if (same.isPresent()) {
                    theirs.remove(same.get());
                } else if (theirs.isEmpty()) {
                    found.add("frame " + frame.frame() + ": a bare Blender writes no " + file.getFileName());
                } else {
                    found.add("frame " + frame.frame() + ": " + file.getFileName() + " is not "
                            + theirs.get(0).getFileName() + ": " + workshop.difference(file, theirs.get(0)));
                }
            }
            if (ours.size() < bare.getOrDefault(frame.frame(), List.of()).size()) {
                found.add("frame " + frame.frame() + " lacks files: " + theirs);
            }
        }
        if (delivery.result().frames().size() != row.frames().size()) {
            found.add(delivery.result().frames().size() + " of " + row.frames().size() + " frames came");
        }
        return String.join("; ", found);
    }

    private Map<String, String> digestsOfBare(Path picture, Workshop workshop) throws IOException {
        Map<String, String> known = digestsOfBare.get(picture);
        if (known == null) {
            known = workshop.digests(picture);
            digestsOfBare.put(picture, known);
        }
        return known;
    }
}
