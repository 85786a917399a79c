package io.renderfleet.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Holds the table of {@code docs/layers.md} against the classes of all published modules. */
@DisplayName("The table of packages")
class PackageTableTest {
    private static final String ROOT = "io.renderfleet";
    private static final String UPWARD = ROOT + ".architecture.fixture.upward";

    /** Two packages, of which {@code core.model} uses {@code core.spi}. */
    private static final JavaClasses FIXTURE = new ClassFileImporter().importPackages(UPWARD);

    @Test
    @DisplayName("names every package of a published module, with the packages that it uses and no others")
    void isTrue() throws Exception {
        JavaClasses published = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT)
                .that(DescribedPredicate.describe("are published", PackageTableTest::isPublished));
        PackageTable table = PackageTable.parse(ROOT, Files.readString(Path.of("..", "docs", "layers.md")));

        assertThat(table.differences(published)).isEmpty();
    }

    @Test
    @DisplayName("agrees with classes that do what it says")
    void agrees() {
        assertThat(differences("| `core.model` | `core.spi` |", "| `core.spi` | nothing |"))
                .isEmpty();
    }

    @Test
    @DisplayName("lacks a row for a new package")
    void newPackage() {
        assertThat(differences("| `core.model` | `core.spi` |")).containsExactly("core.spi has no row: it uses []");
    }

    @Test
    @DisplayName("lacks a package that is used")
    void newUse() {
        assertThat(differences("| `core.model` | nothing |", "| `core.spi` | nothing |"))
                .singleElement()
                .asString()
                .startsWith("core.model uses core.spi, which its row does not have")
                .contains("Low");
    }

    @Test
    @DisplayName("has a package that is not used")
    void unusedUse() {
        assertThat(differences("| `core.model` | `core.spi` |", "| `core.spi` | `core.model` |"))
                .containsExactly("core.spi does not use core.model, which its row has");
    }

    @Test
    @DisplayName("has a row of a package that is gone")
    void goneRow() {
        assertThat(differences("| `core.model` | `core.spi` |", "| `core.spi` | |", "| `core.gone` | |"))
                .containsExactly("core.gone has a row and no classes");
    }

    @Test
    @DisplayName("has one row for each package")
    void twoRows() {
        assertThatThrownBy(() -> differences("| `core.spi` | |", "| `core.spi` | |"))
                .hasMessage("the table has two rows for core.spi");
    }

    private static List<String> differences(String... rows) {
        return PackageTable.parse(UPWARD, String.join("\n", rows)).differences(FIXTURE);
    }

    private static boolean isPublished(JavaClass item) {
        return List.of("examples", "benchmarks").stream()
                .noneMatch(unpublished -> (item.getPackageName() + ".").startsWith(ROOT + "." + unpublished + "."));
    }
}
