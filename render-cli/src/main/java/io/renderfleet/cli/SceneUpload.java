package io.renderfleet.cli;

import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Brings a scene to the orchestrator, unless it has it already. */
final class SceneUpload {
    private final Orchestrator farm;
    private final Screen screen;

    SceneUpload(Orchestrator farm, Screen screen) {
        this.farm = farm;
        this.screen = screen;
    }

    /**
     * A scene that the orchestrator has.
     *
     * @param sha256 its digest
     * @param entry which file in it is the scene where it is a zip, else what it is called, or null where that is not known
     */
    record Sent(Sha256 sha256, @Nullable String entry) {}

    /** Sends a file or a folder. */
    Sent send(Path scene, @Nullable String entry) throws IOException {
        if (!Files.isDirectory(scene)) {
            return new Sent(sendFile(scene, String.valueOf(scene.getFileName())), entryOfFile(scene, entry));
        }
        ScenePack pack = ScenePack.of(scene);
        return send(pack, scene, entryOfFolder(pack, entry));
    }

    /** Sends a scene together with the files that it names, which Blender lists. */
    Sent sendWithFiles(Path scene) throws IOException {
        Path start = scene.toAbsolutePath().normalize();
        List<Path> files = new NeededFiles(screen).of(start);
        if (files.isEmpty()) {
            return send(scene, null);
        }
        ScenePack pack = ScenePack.of(start, files);
        return send(pack, scene, pack.name(start));
    }

    private Sent send(ScenePack pack, Path scene, String entry) throws IOException {
        Path zip = Files.createTempFile("render-scene-", ".zip");
        zip.toFile().deleteOnExit();
        try {
            pack.write(zip);
            return new Sent(sendFile(zip, scene + " (" + pack.files().size() + " files)"), entry);
        } finally {
            Files.deleteIfExists(zip);
        }
    }

    private Sha256 sendFile(Path file, String called) throws IOException {
        Sha256 digest = Sha256.of(file);
        String path = "/scenes/" + digest;
        boolean there = farm.send(ApiCall.of("HEAD", path).expecting(404)).statusCode() != 404;
        if (there) {
            screen.note("the orchestrator has " + called + " already");
            return digest;
        }
        long size = Files.size(file);
        ProgressView view = new ProgressView(screen);
        CallBody content =
                new CallBody.Content(file, new AtomicLong(), sent -> view.show("sending " + called, sent, size));
        try {
            farm.send(ApiCall.of("PUT", path)
                    .with("Content-Type", "application/octet-stream")
                    .sending(content));
        } finally {
            view.end();
        }
        screen.note("sent " + called + ", " + ProgressView.size(size));
        return digest;
    }

    private static @Nullable String entryOfFile(Path scene, @Nullable String entry) {
        boolean zip = scene.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
        if (zip && entry == null) {
            throw OrchestratorCommand.usage(
                    "SCENE is '" + scene + "', a zip: say by --entry which file in it to render");
        }
        if (!zip && entry != null) {
            throw OrchestratorCommand.usage("--entry is for zips and folders, and SCENE is '" + scene + "'");
        }
        return zip ? entry : Scene.local(scene).entry();
    }

    private static String entryOfFolder(ScenePack pack, @Nullable String entry) {
        if (entry == null) {
            List<String> scenes = pack.files().keySet().stream()
                    .filter(name -> name.endsWith(".blend") && !name.contains("/"))
                    .toList();
            if (scenes.size() == 1) {
                return scenes.get(0);
            }
            throw OrchestratorCommand.usage(
                    "the folder holds " + scenes.size() + " .blend files: say by --entry which one to render");
        }
        if (!pack.files().containsKey(entry)) {
            throw OrchestratorCommand.usage(
                    "--entry is '" + TerminalText.line(entry) + "', and the folder holds no such file");
        }
        return entry;
    }
}
