package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The files that a scene names")
class NeededFilesTest {
    private static final String MAKE = """
        import bpy, sys
        folder = sys.argv[sys.argv.index('--') + 1]
        image = bpy.data.images.new('wood', 4, 4)
        image.filepath_raw = folder + '/textures/wood.png'
        image.file_format = 'PNG'
        image.save()
        image = bpy.data.images.load(image.filepath_raw)
        material = bpy.data.materials['Material']
        material.node_tree.nodes.new('ShaderNodeTexImage').image = image
        old = bpy.data.images.new('old', 4, 4)
        old.source, old.filepath = 'FILE', '//old.png'
        material.node_tree.nodes.new('ShaderNodeTexImage').image = old
        bpy.ops.wm.save_as_mainfile(filepath=folder + '/shots/a/shot.blend', relative_remap=False)
        """;

    @TempDir
    Path folder;

    @Test
    @DisplayName("are sent with it, as they lie to one another, and told where they are not beside it")
    void areSent() throws Exception {
        Path project = makeProject(ExternalTool.BLENDER.require());
        Path token = Files.writeString(folder.resolve("token"), LocalFarm.TOKEN + "\n");
        try (LocalFarm farm = new LocalFarm(folder, Duration.ZERO)) {
            Ran ran = farm.render(
                    token, "submit", project.resolve("shots/a/shot.blend").toString(), "1", "--with-files", "--wait");

            assertThat(ran.code()).as(ran.toString()).isZero();
            assertThat(ran.err())
                    .contains(project.resolve("textures/wood.png") + " is sent from outside of the scene's folder")
                    .contains(project.resolve("shots/a/old.png") + " is not there, but no frame needs it")
                    .contains("(2 files)");
            // Beside them, what the job needs no more is cleared away while the folders are looked through.
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
                assertThat(unpacked("shots/a/shot.blend")).hasSize(1);
                assertThat(unpacked("textures/wood.png")).hasSize(1);
            });
        }
    }

    @Test
    @DisplayName("cannot be asked of a folder, nor without a scene")
    void mistakes() {
        assertThat(Ran.render("submit", folder.toString(), "1", "--with-files").err())
                .contains("--with-files is for a .blend file");
        assertThat(Ran.render("submit", "1", "--with-files").err())
                .contains("--with-files sends the files of a SCENE, and none was given");
    }

    private Path makeProject(Path blender) throws IOException, InterruptedException {
        Path project = Files.createDirectory(folder.resolve("project")).toRealPath();
        Files.createDirectories(project.resolve("shots/a"));
        Files.createDirectories(project.resolve("textures"));
        Process process = new ProcessBuilder(
                        blender.toString(),
                        "--background",
                        "-noaudio",
                        "--factory-startup",
                        "--python-exit-code",
                        "3",
                        "--python-expr",
                        MAKE,
                        "--",
                        project.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return project;
    }

    /** Where the orchestrator keeps that file of the scene that was sent, in a zip or by itself. */
    private List<String> unpacked(String name) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("orchestrator"))) {
            return all.filter(Files::isRegularFile)
                    .sorted(Comparator.naturalOrder())
                    .flatMap(NeededFilesTest::names)
                    .filter(name::equals)
                    .toList();
        }
    }

    private static Stream<String> names(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.stream().map(ZipEntry::getName).toList().stream();
        } catch (IOException noZip) {
            return Stream.of();
        }
    }
}
