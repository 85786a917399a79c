package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.inproc.InProcessTransport;
import java.nio.file.Path;

/** An engine of one's own on the nodes: {@link JuliaEngine} draws what no scene file holds. */
public final class CustomEngine {
    private CustomEngine() {}

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/custom-engine");
        RenderSettings size = RenderSettings.builder().width(480).height(270).build();
        try (RenderNode left = node(out.resolve("left"));
                RenderNode right = node(out.resolve("right"));
                RenderExecutor farm = RenderExecutor.builder()
                        .transport(new InProcessTransport().add("left", left).add("right", right))
                        .nodes("inproc:left", "inproc:right")
                        .build()) {
            RenderRequest request = RenderRequest.of(Scene.nodeDefault(), "1-20")
                    .outputFolder(out.resolve("frames"))
                    .outputPattern("julia_##")
                    .settings(size);
            RenderResult result = farm.submit(request).completion().get().orThrow();
            Path sheet = ContactSheet.of(result.files(), out.resolve("contact-sheet.png"));
            System.out.println(result.files().size() + " frames in " + result.folder() + ", all of them in " + sheet);
        }
    }

    private static RenderNode node(Path folder) throws Exception {
        return RenderNode.builder().engine(new JuliaEngine()).outputRoot(folder).build();
    }
}
