package io.renderfleet.architecture;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The structure of all modules.
 *
 * <p>This has a module of its own because a rule holds only where it sees everything: the examples would have to depend
 * on the benchmarks and the testkit for that, and a test in each module would not see cycles that span several.
 */
@DisplayName("The architecture")
class ArchitectureTest {
    private static final String ROOT = "io.renderfleet";
    private static final String CORE = ROOT + ".core";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/jmh_generated/"))
            .importPackages(ROOT);

    @Test
    @DisplayName("of the core has layers that see downwards only")
    void layersOfCore() {
        Rules.layersOfCore(CORE).check(CLASSES);
    }

    @Test
    @DisplayName("of the core gives every package its layer")
    void everyPackageOfCoreHasALayer() {
        Rules.everyPackageOfCoreHasALayer(CORE).check(CLASSES);
    }

    @Test
    @DisplayName("of the core knows no HTTP, no JSON and no server")
    void coreKnowsNoTransport() {
        Rules.coreKnowsNoTransport(CORE).check(CLASSES);
    }

    @Test
    @DisplayName("has no package cycles")
    void noPackageCycles() {
        Rules.noPackageCycles(ROOT).check(CLASSES);
    }

    @Test
    @DisplayName("has null-marked packages only")
    void everyPackageIsNullMarked() {
        Rules.everyPackageIsNullMarked(ROOT).check(CLASSES);
    }

    @Test
    @DisplayName("has no library that prints")
    void noPrinting() {
        Rules.noPrinting(
                        ROOT,
                        ROOT + ".node.server.NodeMain",
                        ROOT + ".orchestrator.OrchestratorMain",
                        ROOT + ".examples",
                        ROOT + ".benchmarks")
                .check(CLASSES);
    }

    @Test
    @DisplayName("is checked in every module that has sources")
    void everyModuleIsSeen() throws Exception {
        Path checkout = Path.of("..").toRealPath();
        Set<String> withSources = Pattern.compile("<module>([^<]+)</module>")
                .matcher(Files.readString(checkout.resolve("pom.xml")))
                .results()
                .map(match -> match.group(1))
                .filter(module -> Files.isDirectory(checkout.resolve(module).resolve("src/main/java")))
                .collect(toSet());
        Set<String> seen = CLASSES.stream()
                .map(ArchitectureTest::source)
                .flatMap(source -> withSources.stream()
                        .filter(module ->
                                source.contains(checkout.resolve(module).toUri().getPath() + "target/")))
                .collect(toSet());

        assertThat(seen)
                .as("modules on the class path of architecture-tests")
                .containsExactlyInAnyOrderElementsOf(withSources);
    }

    private static String source(JavaClass item) {
        return item.getSource().orElseThrow().getUri().toString();
    }
}
