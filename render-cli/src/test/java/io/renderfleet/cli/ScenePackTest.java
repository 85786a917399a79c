package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A packed folder")
class ScenePackTest {
    @TempDir
    Path temp;

    private Path scene = Path.of("");

    @BeforeEach
    void makeScene() throws IOException {
        scene = Files.createDirectories(temp.resolve("scene"));
        Files.writeString(scene.resolve("shot.blend"), "scene");
        Files.createDirectories(scene.resolve("textures/fine"));
        Files.writeString(scene.resolve("textures/fine/wood grain.png"), "wood");
        Files.createDirectories(scene.resolve(".git"));
        Files.writeString(scene.resolve(".git/config"), "hidden");
    }

    @Test
    @DisplayName("holds all files but hidden ones, by their relative names")
    void holdsFiles() throws IOException {
        assertThat(pack("a.zip").keys()).containsExactlyInAnyOrder("shot.blend", "textures/fine/wood grain.png");
    }

    @Test
    @DisplayName("has the same bytes whenever it is made")
    void isTheSameAgain() throws IOException {
        pack("a.zip");
        Files.setLastModifiedTime(scene.resolve("shot.blend"), FileTime.from(Instant.EPOCH));
        pack("b.zip");

        assertThat(temp.resolve("b.zip")).hasSameBinaryContentAs(temp.resolve("a.zip"));
    }

    @Test
    @DisplayName("has what a link within the folder points to")
    void followsLinksWithin() throws IOException {
        Files.createSymbolicLink(scene.resolve("wood.png"), Path.of("textures/fine/wood grain.png"));

        assertThat(pack("a.zip").keys()).contains("wood.png");
    }

    @Test
    @DisplayName("is refused where folders go in circles")
    void refusesCircles() throws IOException {
        Files.createSymbolicLink(scene.resolve("textures/again"), scene);

        assertThatThrownBy(() -> ScenePack.of(scene))
                .isInstanceOf(StopException.class)
                .hasMessageContaining("textures/again");
    }

    private Packed pack(String name) throws IOException {
        Path zip = temp.resolve(name);
        ScenePack.of(scene).write(zip);
        try (ZipFile file = new ZipFile(zip.toFile())) {
            return new Packed(file.stream().map(entry -> entry.getName()).toList());
        }
    }

    private record Packed(List<String> keys) {}
}
