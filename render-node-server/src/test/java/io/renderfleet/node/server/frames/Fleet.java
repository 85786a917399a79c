package io.renderfleet.node.server.frames;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.RetryPolicy;
import io.renderfleet.engine.blender.BlenderEngine;
import io.renderfleet.engine.blender.SceneFiles;
import io.renderfleet.engine.blender.SessionMode;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.inproc.InProcessTransport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Two nodes with real Blenders, to which scenes go by content, and from which frames come back as files. */
final class Fleet implements AutoCloseable {
    private static final List<String> NODES = List.of("left", "right");
    private static final RetryPolicy ONCE = new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 0);

    private final Path folder;
    private final List<RenderNode> nodes = new ArrayList<>();
    private final List<BlenderEngine> engines = new ArrayList<>();
    private final FolderContentStore scenes;

    Fleet(Blender blender, SessionMode mode, boolean trusted, Path folder) throws IOException {
        this.folder = folder;
        Specimen.Folders.delete(folder);
        scenes = FolderContentStore.open(
                folder.resolve("scenes"), 1L << 30, 8L << 30, InstantSource.system(), ContentLayout.asIs("scene"));
        for (String name : NODES) {
            BlenderEngine engine = BlenderEngine.builder()
                    .blender(blender.program())
                    .sessionMode(mode)
                    .trustScripts(trusted)
                    .build();
            engines.add(engine);
            RenderNode node = RenderNode.builder()
                    .engine(engine)
                    .outputRoot(folder.resolve(name))
                    .build();
            nodes.add(node);
        }
    }

    /**
     * Renders a row's frames.
     *
     * @return the job as it ended, with its files
     * @throws TimeoutException if it has not ended in time
     */
    Delivery render(Row row, Specimen specimen, int batch, Duration patience)
            throws IOException, InterruptedException, TimeoutException {
        String name = row.toString().replaceAll("[^a-z0-9_]+", "-") + batch;
        Path frames = folder.resolve("frames/" + name);
        Specimen.Folders.delete(frames);
        InProcessTransport transport = new InProcessTransport();
        for (int i = 0; i < NODES.size(); i++) {
            transport.add(NODES.get(i), nodes.get(i));
        }
        // Each job has a coordinator of its own, which knows nothing of what became of the nodes' other jobs. Nothing
        // is tried twice: a frame
        // that is right at the second attempt only is not right.
        try (RenderExecutor farm = RenderExecutor.builder()
                .transport(transport)
                .nodes(NODES.stream().map(each -> "inproc:" + each).toArray(String[]::new))
                .outputRoot(folder.resolve("farm"))
                .scenes(scenes)
                .retry(ONCE)
                .build()) {
            RenderHandle job = farm.submit(RenderRequest.of(scene(row, specimen, name), row.frames())
                    .batchSize(batch)
                    .settings(row.settings())
                    .scenePolicy(row.policy())
                    .outputFolder(frames));
            try {
                RenderResult result = job.completion().get(patience.toSeconds(), TimeUnit.SECONDS);
                return new Delivery(job.snapshot(), result);
            } catch (ExecutionException e) {
                throw new AssertionError(e);
            } catch (TimeoutException e) {
                job.cancel();
                throw e;
            }
        }
    }

    /**
     * What came of a job.
     *
     * @param job as it ended
     * @param result with its files
     */
    record Delivery(RenderJob job, RenderResult result) {}

    private Scene scene(Row row, Specimen specimen, String name) throws IOException, InterruptedException {
        List<Path> files = switch (row.sent()) {
            case FOLDER -> Specimen.Folders.files(specimen.sent());
            case SCENE_ALONE -> List.of(Path.of(row.file()));
            case NAMED_FILES -> named(specimen, row.file());
        };
        if (files.size() == 1) {
            return Scene.local(specimen.sent().resolve(row.file()));
        }
        Path zip = Files.createDirectories(folder.resolve("zips")).resolve(name + ".zip");
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream entries = new ZipOutputStream(out)) {
            for (Path file : files) {
                entries.putNextEntry(new ZipEntry(file.toString()));
                Files.copy(specimen.sent().resolve(file), entries);
                entries.closeEntry();
            }
        }
        return Scene.local(zip).entry(row.file());
    }

    /** The scene and what the engine says it needs, relative to the scene's folder. */
    private List<Path> named(Specimen specimen, String scene) throws IOException, InterruptedException {
        Path root = specimen.sent().toRealPath();
        SceneFiles files = engines.get(0).files(root.resolve(scene));
        if (!(files instanceof SceneFiles.Listed listed)) {
            throw new AssertionError("the scene's files could not be listed: " + files);
        }
        List<Path> found = new ArrayList<>(List.of(Path.of(scene)));
        listed.there().stream()
                .filter(file -> file.startsWith(root))
                .map(root::relativize)
                .filter(file -> !found.contains(file))
                .forEach(found::add);
        return found;
    }

    @Override
    public void close() {
        nodes.forEach(RenderNode::close);
        engines.forEach(BlenderEngine::close);
        scenes.close();
    }
}
