package io.renderfleet.node.server.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
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
 * property {@code renderfleet.rows} is a pattern that picks rows, {@code renderfleet.runs} one that picks ways, such as {@code warm-2}. A
 * line on each row goes to {@code target/right-frames/VERSION/report.txt} as soon as it is rendered.
 */
@DisplayName("The frames of a scene are right")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RightFramesTest {
    private static final Path WORK = Path.of("target", "right-frames").toAbsolutePath();
    private static final boolean ALL = Boolean.getBoolean("renderfleet.right-frames");
    private static final Pattern ROWS = Pattern.compile(System.getProperty("renderfleet.rows", ""));
    private static final Pattern RUNS = Pattern.compile(System.getProperty("renderfleet.runs", ""));

    private final List<Bench> benches = new ArrayList<>();

    RightFramesTest() {}

    @BeforeAll
    void findBlenders() throws IOException, InterruptedException {
        List<Blender> blenders = new ArrayList<>(List.of(Blender.usual()));
        if (ALL) {
            blenders.addAll(Blender.further(WORK));
        }
        for (Blender blender : blenders) {
            benches.add(new Bench(blender, WORK.resolve(blender.version())));
        }
    }

    @AfterAll
    void close() {
        benches.forEach(Bench::close);
        benches.forEach(
                bench -> System.out.println("Right frames, Blender " + bench.blender.version() + ": " + bench.tally));
    }

    @TestFactory
    @DisplayName("with Blender")
    Stream<DynamicContainer> withEachBlender() {
        return benches.stream().map(bench -> DynamicContainer.dynamicContainer(bench.blender.version(), rows(bench)));
    }

    private static Stream<DynamicTest> rows(Bench bench) {
        Series series = bench.blender.series();
        return Rows.ALL.stream()
                .filter(row -> ALL || row.inVerify().isPresent())
                .filter(row -> ROWS.matcher(row.toString()).find())
                .filter(row -> row.expectation(series).isPresent())
                .map(row -> DynamicTest.dynamicTest(
                        row + ": " + row.expectation(series).orElseThrow(), () -> hold(row, bench)));
    }

    private static void hold(Row row, Bench bench) throws Exception {
        Optional<String> pending = row.pending(bench.blender.series());
        List<String> problems;
        try {
            problems = problems(row, bench, pending.isPresent());
        } catch (IOException e) {
            bench.report(row + ": could not be tried: " + e);
            throw e;
        }
        bench.tally.scenes++;
        bench.report(row + ": " + (problems.isEmpty() ? "right" : problems)
                + pending.map(why -> " (pending: " + why + ")").orElse(""));
        if (pending.isPresent()) {
            bench.tally.pending++;
            assertThat(problems)
                    .as("%s holds now: take its mark away, which says \"%s\"", row, pending.get())
                    .isNotEmpty();
        } else {
            assertThat(problems).as("%s", row).isEmpty();
        }
    }

    /** What is not right, in each way; of a row that is known not to hold, in the first way that shows it. */
    private static List<String> problems(Row row, Bench bench, boolean firstOnly)
            throws IOException, InterruptedException {
        Specimen specimen = bench.specimen(row);
        List<String> problems = new ArrayList<>();
        for (Run run : runs(row)) {
            String problem = bench.problem(row, run, specimen);
            if (!problem.isEmpty()) {
                problems.add(run + ": " + problem);
                if (firstOnly) {
                    break;
                }
            }
        }
        return problems;
    }

    private static List<Run> runs(Row row) {
        return ALL
                ? Run.all().stream()
                        .filter(run -> RUNS.matcher(run.toString()).find())
                        .toList()
                : List.of(row.inVerify().orElseThrow());
    }
}
