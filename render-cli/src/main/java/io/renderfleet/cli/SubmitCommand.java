package io.renderfleet.cli;

import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.JobCreated;
import io.renderfleet.transport.http.wire.Reading;
import io.renderfleet.transport.http.wire.RenderBody;
import io.renderfleet.transport.http.wire.RenderOrder;
import io.renderfleet.transport.http.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code render submit}: sends a scene and has frames of it rendered. */
@Command(
        name = "submit",
        description = {
            "Sends a scene and has frames of it rendered; prints the job's id.",
            "For example: render submit shot.blend 1-20 --samples 64 --wait --fetch frames"
        })
final class SubmitCommand extends OrchestratorCommand {
    private static final int LONGEST_NAME = 64;

    @Parameters(
            arity = "1..2",
            paramLabel = "[SCENE] FRAMES",
            hideParamSyntax = true,
            description = {
                "SCENE: a scene file, a zip, or a folder, which is packed with all but hidden files; without it, the"
                        + " scene of the orchestrator or its nodes.",
                "FRAMES: such as 1-20, 1,3,9, 1-100x5 or 20-1; after -- where it begins with a minus."
            })
    private List<String> what = List.of();

    @Option(names = "--entry", paramLabel = "FILE", description = "Which file of a zip or folder is the scene.")
    private @Nullable String entry;

    @Option(
            names = "--with-files",
            description =
                    "Send the textures, caches, fonts and libraries along that SCENE names; Blender must be on the"
                            + " PATH.")
    private boolean withFiles;

    @Option(
            names = "--on-nodes",
            paramLabel = "NAME",
            description = "A scene below the nodes' scene root; nothing is sent.")
    private @Nullable String onNodes;

    @Option(names = "--name", paramLabel = "NAME", description = "How to call the job; default the scene's name.")
    private @Nullable String name;

    @Option(names = "--priority", paramLabel = "N", description = "-1000 to 1000, higher goes first; default 0.")
    private @Nullable Integer priority;

    @Mixin
    private DispatchOptions dispatch;

    @Option(names = "--output", paramLabel = "PATTERN", description = "Names of the files, such as shot_####.")
    private @Nullable String output;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "How long a batch may take.")
    private @Nullable Integer timeout;

    @Option(names = "--requires", paramLabel = "LABEL=VALUE", description = "A label that nodes must have; repeatable.")
    private @Nullable Map<String, @Nullable String> requires;

    @Option(
            names = "--renderer",
            paramLabel = "NAME",
            description = "What renders it: blender, command or test-pattern; default the farm's.")
    private @Nullable String renderer;

    @Mixin
    private PolicyOptions policy;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Idempotency key: submitting again with the same key gives the same job; default a new one.")
    private @Nullable String key;

    @Option(
            names = {"--wait", "--follow"},
            description = "Show progress, and end when the job does; --fetch implies it.")
    private boolean wait;

    @Mixin
    private Delivery delivery;

    @ArgGroup(exclusive = false, validate = false, heading = "%nSettings, in place of the scene's own:%n")
    private @Nullable SettingsOptions settings;

    @Override
    ExitCode run(Orchestrator farm, Screen screen) throws IOException {
        delivery.check(settings == null ? null : settings.format());
        Path scene = scene();
        String key = this.key == null ? UUID.randomUUID().toString() : this.key;
        if (!(Wire.readKey(key) instanceof Reading.Good)) {
            throw usage("--key must be 1 to 255 visible ASCII characters without spaces");
        }
        // The user learns what is wrong before a long upload, and not after it.
        checked(body(onNodes, null));
        RenderBody body = body(onNodes, null);
        if (scene != null) {
            SceneUpload upload = new SceneUpload(farm, screen);
            SceneUpload.Sent sent = withFiles ? upload.sendWithFiles(scene) : upload.send(scene, entry);
            body = body("sha256:" + sent.sha256(), sent.entry());
        }
        JobCreated created = farm.read(
                ApiCall.of("POST", "/render")
                        .with(Headers.CONTENT_TYPE, Headers.JSON)
                        .with(Headers.IDEMPOTENCY_KEY, key)
                        .sending(new CallBody.Text(checked(body))),
                JobCreated.class);
        String job = checkedJob(String.valueOf(created.jobId()));
        boolean following = wait || delivery.isWanted();
        if (!screen.json()) {
            screen.print(job);
        } else if (!following) {
            screen.json(created);
        }
        return following ? JobWaiter.await(farm, screen, job, delivery, false) : ExitCode.DONE;
    }

    private @Nullable Path scene() {
        if (what.size() < 2) {
            if (entry != null) {
                throw usage("--entry names a file of a SCENE, and none was given");
            }
            if (withFiles) {
                throw usage("--with-files sends the files of a SCENE, and none was given");
            }
            return null;
        }
        if (onNodes != null) {
            throw usage("--on-nodes names a scene of the nodes: give it, or a SCENE to send");
        }
        Path scene = Path.of(what.get(0));
        if (!Files.isReadable(scene)) {
            throw usage("SCENE is '" + scene + "': there is no such file or folder, or it cannot be read");
        }
        if (withFiles && (Files.isDirectory(scene) || !scene.toString().endsWith(".blend"))) {
            throw usage("--with-files is for a .blend file, and SCENE is '" + scene + "'");
        }
        return scene;
    }

    private RenderBody body(@Nullable String scene, @Nullable String entry) {
        return new RenderBody(
                what.get(what.size() - 1),
                null,
                null,
                scene,
                entry,
                output,
                settings == null ? null : settings.body(),
                renderer,
                policy.simulation(),
                policy.missing(),
                policy.allow(),
                timeout,
                null,
                null,
                name != null ? name : nameOfScene(),
                priority,
                dispatch.batchSize(),
                requires,
                dispatch.after(),
                dispatch.afterFrames(),
                dispatch.maxRunning(),
                dispatch.deadline(),
                dispatch.inOrder(),
                dispatch.expectedSeconds());
    }

    private @Nullable String nameOfScene() {
        if (what.size() < 2) {
            return null;
        }
        String file =
                String.valueOf(Path.of(what.get(0)).toAbsolutePath().normalize().getFileName());
        String plain = file.replaceFirst("(?<=.)\\.[A-Za-z0-9]{1,8}$", "").replaceAll("[^\\p{Alnum}._-]", "-");
        return plain.length() > LONGEST_NAME ? plain.substring(0, LONGEST_NAME) : plain;
    }

    private static String checked(RenderBody body) {
        byte[] bytes = Wire.write(body);
        Reading<RenderOrder> read = Wire.readRender(bytes);
        if (read instanceof Reading.Bad<RenderOrder> bad) {
            throw usage(TerminalText.line(bad.problem().detail()));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
