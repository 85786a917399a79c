package io.renderfleet.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Prints what {@link EngineShape} counts, and holds it within its limits. */
@DisplayName("The shape of the engine")
class EngineShapeTest {
    private static final String CORE = "io.renderfleet.core";

    private final EngineShape shape = EngineShape.of(
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(CORE),
            CORE,
            Path.of("..", "render-core", "target", "classes"));

    @Test
    @DisplayName("is printed")
    void isPrinted() {
        System.out.println(shape);

        assertThat(shape.exportedTypes()).contains("RenderExecutor", "RenderTransport", "FrameSet");
    }

    @Test
    @DisplayName("has nothing in its root that users do not hold")
    void rootIsPublic() {
        assertThat(shape.rootTypes()).hasSizeLessThanOrEqualTo(15).isEqualTo(shape.publicRootTypes());
    }

    @Test
    @DisplayName("hands batches around, not jobs, batches and nodes: only what owns all three takes them")
    void noTriples() {
        assertThat(shape.triples()).containsExactly("OpenBatch.<init>");
    }

    @Test
    @DisplayName("has no field that another class can write")
    void fieldsAreClosed() {
        assertThat(shape.openFields()).isEmpty();
    }

    @Test
    @DisplayName("needs no more than six things to make any of its parts")
    void partsNeedLittle() {
        assertThat(shape.longParameterLists()).isEmpty();
    }
}
