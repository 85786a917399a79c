package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.CommandEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Nodes that render by a program, started once a frame. Here it is a Java program, since one thing is sure: Java is
 * installed. {@code "povray", "+I{scene}", "+O{output}", "+K{frame}"} would do as well.
 */
public final class CommandFarm {
    private CommandFarm() {}

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/command-farm");
        String[] command = {
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path"),
            Draw.class.getName(),
            "{frame}",
            "{output}",
            "{width:480}", // 480 where the request says nothing
            "{height:270}"
        };
        try (RenderNode left = node(out.resolve("left"), command);
                RenderNode right = node(out.resolve("right"), command);
                RenderExecutor farm = RenderExecutor.builder()
                        .transport(new InProcessTransport().add("left", left).add("right", right))
                        .nodes("inproc:left", "inproc:right")
                        .build()) {
            RenderRequest request = RenderRequest.of(Scene.nodeDefault(), "1-6")
                    .outputFolder(out.resolve("frames"))
                    .settings(RenderSettings.builder().width(320).height(180).build())
                    .batchSize(3);
            RenderResult result = farm.submit(request).completion().get().orThrow();
            result.files().forEach(System.out::println);
        }
    }

    private static RenderNode node(Path folder, String... command) throws Exception {
        return RenderNode.builder()
                .engine(CommandEngine.of(command))
                .outputRoot(folder)
                .build();
    }

    /** The program: draws one frame into one file. */
    static final class Draw {
        private Draw() {}

        public static void main(String[] args) throws Exception {
            BufferedImage image =
                    JuliaSet.draw(Integer.parseInt(args[0]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            ImageIO.write(image, "png", Path.of(args[1]).toFile());
        }
    }
}
