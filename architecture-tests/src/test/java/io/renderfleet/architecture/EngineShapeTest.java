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
    @DisplayName("is told")
    void isTold() {
        System.out.println(shape);

        assertThat(shape.exportedTypes()).contains("RenderExecutor", "RenderTransport", "FrameSet");
    }
}
