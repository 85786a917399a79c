package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.CommandEngine;
import io.renderfleet.node.server.RenderNodeServer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The example")
@Timeout(120)
class ExamplesTest {
    @TempDir
    Path out;

    @Test
    @DisplayName("of an embedded farm leaves twenty frames, a contact sheet and where they are")
    void embeddedFarm() throws Exception {
        String printed = Printed.by(() -> EmbeddedFarm.render(out, false, """
                {"width": 64, "height": 36}"""));

        assertThat(pictures(out.resolve("frames"))).hasSize(20);
        assertThat(out.resolve("contact-sheet.png")).isNotEmptyFile();
        assertThat(printed)
                .contains(
                        "test pattern", "20 of 20 frames", out.resolve("frames").toString());
    }

    @Test
    @DisplayName("of ten lines sends its scene to a node server and fetches twenty frames")
    void tenLines() throws Exception {
        Path scene = Files.writeString(
                out.resolve("shot.blend"), "no scene, but a program that copies a picture does not mind");
        Path picture = out.resolve("picture.png");
        ImageIO.write(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        RenderNode node = RenderNode.builder()
                .engine(CommandEngine.of("cp", picture.toString(), "{output}"))
                .outputRoot(out.resolve("node"))
                .build();
        try (RenderNodeServer server = RenderNodeServer.builder(node).port(0).start()) {
            String frames = out.resolve("frames").toString();
            String printed = Printed.by(() -> TenLines.main(
                    new String[] {scene.toString(), frames, server.uri().toString()}));

            assertThat(printed).contains("20 frames are in");
            assertThat(pictures(out.resolve("frames"))).hasSize(20);
        }
    }

    @Test
    @DisplayName("of a node in one's own server renders below a path of that server")
    void nodeInYourServer() throws Exception {
        assertThat(Printed.by(() -> NodeInYourServer.main(args()))).contains("/node rendered 5 frames into");
        assertThat(pictures(out.resolve("frames"))).hasSize(5);
    }

    @Test
    @DisplayName("of the tracker alone watches five frames to their end")
    void trackerAlone() throws Exception {
        assertThat(Printed.by(() -> TrackerAlone.main(args()))).endsWith("it is over: COMPLETED, frames 1-5\n");
    }

    @Test
    @DisplayName("of a custom splitter gives the quick node larger batches, and renders every frame")
    void customSplitter() throws Exception {
        String printed = Printed.by(() -> CustomSplitter.main(args()));

        assertThat(printed).contains("the quick node rendered frames").contains("the slow node rendered frames");
        assertThat(pictures(out.resolve("frames"))).hasSize(40);
    }

    @Test
    @DisplayName("of a custom transport finds its pool and has it render")
    void customTransport() throws Exception {
        assertThat(Printed.by(() -> CustomTransport.main(args()))).contains("go to threads:all", "20 frames are in");
        assertThat(pictures(out.resolve("frames"))).hasSize(20);
    }

    @Test
    @DisplayName("of a custom engine renders twenty Julia sets and shows them in one picture")
    void customEngine() throws Exception {
        assertThat(Printed.by(() -> CustomEngine.main(args()))).startsWith("20 frames in ");

        assertThat(pictures(out.resolve("frames"))).hasSize(20);
        assertThat(out.resolve("contact-sheet.png")).isNotEmptyFile();
    }

    @Test
    @DisplayName("of a lost node renders what the node had taken elsewhere")
    void lostNode() throws Exception {
        String printed = Printed.by(() -> LostNode.main(args()));

        assertThat(printed).contains("a node does not answer").contains("all 20 frames");
        assertThat(pictures(out.resolve("frames"))).hasSize(20);
    }

    @Test
    @DisplayName("of a command farm renders by a program")
    void commandFarm() throws Exception {
        assertThat(Printed.by(() -> CommandFarm.main(args()))).hasLineCount(6);

        assertThat(pictures(out.resolve("frames"))).hasSize(6);
    }

    @Test
    @DisplayName("of a simulated farm tells how long a shot would take, sooner with more nodes")
    void howLong() throws Exception {
        assertThat(Printed.by(() -> HowLong.main(args()))).hasLineCount(5);
        assertThat(HowLong.simulate(8, BatchSplitters.adaptive()))
                .isLessThan(HowLong.simulate(4, BatchSplitters.adaptive()));
    }

    private String[] args() {
        return new String[] {out.toString()};
    }

    /** The PNG files in a folder, each of which can be decoded. */
    private static List<Path> pictures(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> pictures =
                    files.filter(file -> file.toString().endsWith(".png")).toList();
            for (Path picture : pictures) {
                assertThat(ImageIO.read(picture.toFile()))
                        .as(picture.toString())
                        .isNotNull();
            }
            return pictures;
        }
    }
}
