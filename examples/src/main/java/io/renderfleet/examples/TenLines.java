package io.renderfleet.examples;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.transport.http.HttpTransport;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The ten lines that render. Node servers have to be there already: {@code SCENE FOLDER NODE…} are the arguments, such as
 * {@code shot.blend frames http://localhost:3001 http://localhost:3002}.
 */
public final class TenLines {
    private TenLines() {}

    public static void main(String[] args) throws Exception {
        Path scene = Path.of(args[0]);
        Path frames = Path.of(args[1]);
        String[] nodes = Arrays.copyOfRange(args, 2, args.length);

        try (RenderExecutor farm = RenderExecutor.builder()
                .transport(HttpTransport.create())
                .nodes(nodes)
                .build()) {
            RenderHandle job =
                    farm.submit(RenderRequest.of(Scene.local(scene), "1-20").outputFolder(frames));
            job.onProgress(System.out::println);
            RenderResult result = job.completion().get().orThrow(); // every frame fetched, checked, published
            System.out.println(result.frames().size() + " frames are in " + result.folder());
        }
    }
}
