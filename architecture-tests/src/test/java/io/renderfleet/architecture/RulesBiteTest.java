package io.renderfleet.architecture;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule fails on a small program that breaks it, and on one that does not it passes. */
@DisplayName("A rule of the architecture")
class RulesBiteTest {
    private static final String FIXTURES = "io.renderfleet.architecture.fixture";

    static Stream<Arguments> broken() {
        return Stream.of(
                broken("an upward import", Rules.layersOfCore(in("upward.core")), "upward", "model.Low"),
                broken(
                        "siblings that see each other",
                        Rules.layersOfCore(in("siblings.core")),
                        "siblings",
                        "split.Left"),
                broken(
                        "a package that has no layer",
                        Rules.everyPackageOfCoreHasALayer(in("unplaced.core")),
                        "unplaced",
                        "extra.Extra"),
                broken(
                        "HTTP in the core",
                        Rules.coreKnowsNoTransport(in("web.core")),
                        "web",
                        "java.net.http.HttpClient"),
                broken("a package cycle", Rules.noPackageCycles(in("cycle")), "cycle", "Cycle detected"),
                broken(
                        "a package that is not null-marked",
                        Rules.everyPackageIsNullMarked(in("unmarked")),
                        "unmarked",
                        "is not @NullMarked"),
                broken("printing", Rules.noPrinting(in("noisy")), "noisy", "noisy.Printer"),
                broken("a printed stack trace", Rules.noPrinting(in("noisy")), "noisy", "printStackTrace"));
    }

    static Stream<ArchRule> all() {
        String core = in("sound.core");
        return Stream.of(
                Rules.layersOfCore(core),
                Rules.everyPackageOfCoreHasALayer(core),
                Rules.coreKnowsNoTransport(core),
                Rules.noPackageCycles(in("sound")),
                Rules.everyPackageIsNullMarked(in("sound")),
                Rules.noPrinting(in("sound"), in("sound.core.Program")));
    }

    @ParameterizedTest(name = "fails on {0}")
    @MethodSource("broken")
    void failsOn(String fault, ArchRule rule, JavaClasses program, String named) {
        assertThatThrownBy(() -> rule.check(program))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(named);
    }

    @ParameterizedTest(name = "passes on a sound program: {0}")
    @MethodSource("all")
    void passesOnASoundProgram(ArchRule rule) {
        assertThatCode(() -> rule.check(fixture("sound"))).doesNotThrowAnyException();
    }

    private static Arguments broken(String fault, ArchRule rule, String fixture, String named) {
        return Arguments.of(fault, rule, fixture(fixture), named);
    }

    private static JavaClasses fixture(String name) {
        return new ClassFileImporter().importPackages(in(name));
    }

    private static String in(String name) {
        return FIXTURES + "." + name;
    }
}
