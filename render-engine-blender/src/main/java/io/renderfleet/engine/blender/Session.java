package io.renderfleet.engine.blender;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.local.SandboxView;
import io.renderfleet.core.local.SceneFolder;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.engine.blender.BlenderProcess.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Blender process from its start to its end: takes commands one after the other and passes on what Blender says meanwhile.
 *
 * <p>Used by one thread at a time, except for {@link #wake} and {@link #end}.
 */
final class Session {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** In the locale "C", Java cannot open a file with other letters (sun.jnu.encoding). */
    private static final boolean ASCII_NAMES_ONLY = !System.getProperty("sun.jnu.encoding", "UTF-8")
            .toUpperCase(Locale.ROOT)
            .startsWith("UTF");

    /** Until the driver runs there is nothing to be silent about, and a busy machine starts programs slowly. */
    private static final Duration SHORTEST_START_PATIENCE = Duration.ofMinutes(2);

    private final BlenderConfig config;
    private final BlenderProcess process;
    private final SessionFolder folder;
    private final Narrator narrator = new Narrator();
    private final OutOfMemoryKills kills = OutOfMemoryKills.now();
    private final List<EngineEvent.Warned> sceneWarnings = new ArrayList<>();
    private int frames;
    private boolean keepsGeometry = true;
    private SceneFacts facts = SceneFacts.NONE;
    private @Nullable SessionKey loaded;

    private Session(BlenderConfig config, BlenderProcess process, SessionFolder folder) {
        this.config = config;
        this.process = process;
        this.folder = folder;
        log().hide("(session)", folder.root());
    }

    /**
     * Starts a Blender.
     *
     * @param threads how many, 0 for all cores
     * @param readable what it may read in a sandbox, beside what all of them may
     * @param writable folders that it may write to there, beside its own
     */
    static Session start(BlenderConfig config, int threads, List<Path> readable, List<Path> writable)
            throws IOException {
        SessionFolder folder = SessionFolder.create(config.sessionRoot());
        try {
            // A scene can make Blender print what it likes: only who knows the marker speaks for the driver.
            byte[] secret = new byte[8];
            RANDOM.nextBytes(secret);
            String marker = "@rf:" + HexFormat.of().formatHex(secret);
            List<Path> own = new ArrayList<>(List.of(folder.root()));
            own.addAll(writable);
            SandboxView view = new SandboxView(readable, own, folder.temporary());
            LaunchCommand command = LaunchCommand.of(config, folder, view, marker, threads, System.getenv());
            return new Session(config, BlenderProcess.start(command, marker), folder);
        } catch (IOException | RuntimeException e) {
            folder.clear();
            throw e;
        }
    }

    /** Waits until the driver has started. */
    Reply awaitReady(Listener sink) throws InterruptedException {
        return converse("ready", null, sink);
    }

    Reply load(SessionKey key, Listener sink) throws InterruptedException {
        hideFolder(key);
        loaded = key;
        process.send("load", key.loadArguments(config));
        sceneWarnings.clear();
        Reply reply = converse("loaded", null, new Listener() {
            @Override
            public void accept(EngineEvent event) {
                if (event instanceof EngineEvent.Warned warned) {
                    sceneWarnings.add(warned);
                }
                sink.accept(event);
            }

            @Override
            public boolean isStopped() {
                return sink.isStopped();
            }
        });
        facts = reply instanceof Reply.Done done ? SceneFacts.of(done.event()) : SceneFacts.NONE;
        return reply;
    }

    private void hideFolder(SessionKey key) {
        Path parent = key.scene().getParent();
        if (parent != null) {
            log().hide("(scene)", parent);
        }
    }

    /** What is known of the loaded scene. */
    SceneFacts facts() {
        return facts;
    }

    /**
     * Bakes what is not baked of the loaded scene, in a copy of it, which is replaced. Afterwards nothing is loaded.
     *
     * @param copy the copy, in a folder that can be written to
     */
    Reply bake(SessionKey copy, Listener sink) throws InterruptedException {
        hideFolder(copy);
        process.send("bake", copy.loadArguments(config));
        return converse("baked", null, sink);
    }

    /** Gives the warnings of the loaded scene to a run that takes the session over: they hold for its frames as well. */
    void repeatSceneWarnings(EngineSink sink) {
        sceneWarnings.forEach(sink::accept);
    }

    /** Asks whether the files that the scene came from are unchanged. */
    boolean isFresh(Listener sink) throws InterruptedException {
        log().clear();
        process.send("verify", Map.of());
        return converse("fresh", null, sink) instanceof Reply.Done;
    }

    /** Asks which files a scene needs; afterwards nothing is loaded. */
    Reply list(Path scene, Listener sink) throws InterruptedException {
        loaded = null;
        process.send("list", SessionKey.bounds(scene, SceneFolder.of(scene), config.sandbox()));
        return converse("listed", null, sink);
    }

    /** The files that the answer to {@link #list} named. */
    SceneFiles.Listed listed() {
        return narrator.listed();
    }

    /**
     * Goes through the frames that the simulations of the scene need before this one. It has no deadline, since it is not the frame
     * that takes its time; the driver gives signs of life.
     */
    Reply prepare(int frame, Listener sink) throws InterruptedException {
        if (!facts.isSimulated()) {
            return new Reply.Done(new DriverEvent("prepared", Map.of()), List.of());
        }
        process.send("prepare", Map.of("frame", frame));
        return converse("prepared", null, sink);
    }

    Reply render(int frame, Path outputFolder, String name, boolean keepGeometry, Listener sink)
            throws InterruptedException {
        log().hide("(output)", outputFolder);
        keepsGeometry = keepGeometry;
        // The sandbox was made before the task was known, and its folders are not in it.
        boolean isShutIn = config.sandbox().isOn();
        Path written = isShutIn ? folder.frames() : outputFolder;
        process.send(
                "render",
                Map.of(
                        "frame", frame,
                        "folder", written,
                        "name", name,
                        "ascii", SessionKey.flag(ASCII_NAMES_ONLY),
                        "persistent", SessionKey.flag(keepGeometry)));
        Reply reply = converse("saved", frame, sink);
        frames++;
        if (!isShutIn) {
            return reply;
        }
        Reply delivered = reply instanceof Reply.Done done ? deliver(done, frame, outputFolder) : reply;
        FileTree.empty(written);
        return delivered;
    }

    /** Moves the files of a frame to where the task has them. */
    private Reply deliver(Reply.Done done, int frame, Path outputFolder) {
        try {
            new FrameDelivery(folder.frames(), outputFolder)
                    .deliver(
                            done.files().stream().map(file -> file.text("name")).toList());
            return done;
        } catch (IOException e) {
            String said = String.valueOf(e.getMessage());
            boolean isFull = said.contains("No space left") || said.contains("quota exceeded");
            return new Reply.Refused(new DriverEvent(
                    "error",
                    Map.of(
                            "kind",
                            isFull ? "disk-full" : "output-unwritable",
                            "message",
                            "Frame " + frame + " could not be moved to its folder: " + said,
                            "frame",
                            Integer.toString(frame))));
        }
    }

    /** Listens until the driver has said the word, or refuses, or it took too long, or Blender ended. */
    private Reply converse(String lastWord, @Nullable Integer frame, Listener sink) throws InterruptedException {
        narrator.begin();
        long deadline = frame == null
                ? Long.MAX_VALUE
                : System.nanoTime() + config.frameTimeout().toNanos();
        Duration patience =
                loaded == null ? longer(config.hangTimeout(), SHORTEST_START_PATIENCE) : config.hangTimeout();
        while (true) {
            if (sink.isStopped()) {
                return new Reply.Stopped();
            }
            Duration left = Duration.ofNanos(deadline == Long.MAX_VALUE ? deadline : deadline - System.nanoTime());
            boolean frameEndsFirst = left.compareTo(patience) < 0;
            Signal signal = process.next(frameEndsFirst ? left : patience);
            if (signal == null) {
                return frameEndsFirst ? new Reply.TookTooLong() : new Reply.Silent();
            }
            if (signal instanceof Signal.Exited exited) {
                return new Reply.Exited(exited.code());
            }
            if (signal instanceof Signal.Line line) {
                narrator.hear(line.text(), sink);
            } else if (signal instanceof Signal.Driver driver) {
                DriverEvent event = driver.event();
                narrator.hear(event, sink);
                if (event.is("pace")) {
                    facts = facts.at(event);
                    sink.learned();
                }
                if (event.is(lastWord)) {
                    return loaded == null
                            ? new Reply.Done(event, List.of())
                            : narrator.answer(event, frame, loaded, sink);
                }
                if (event.is("error") || event.is("stale")) {
                    return new Reply.Refused(event);
                }
            }
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** Names the failure that a reply other than {@link Reply.Done} is. */
    Failure diagnose(Reply reply, @Nullable Integer frame) {
        if (reply instanceof Reply.Refused refused) {
            return Diagnosis.ofError(refused.error(), log());
        }
        if (reply instanceof Reply.Exited exited) {
            return Diagnosis.ofExit(exited.code(), frame, log(), kills.haveHappened());
        }
        if (reply instanceof Reply.TookTooLong && frame != null) {
            return Diagnosis.frameTimeout(frame, config.frameTimeout().toSeconds(), log());
        }
        return Diagnosis.hung(frame, config.hangTimeout().toSeconds(), log());
    }

    /** Names the failure of a process that ended or fell silent before it was ready. */
    Failure diagnoseStart(Reply reply) {
        return reply instanceof Reply.Exited exited ? Diagnosis.ofStart(exited.code(), log()) : diagnose(reply, null);
    }

    LogTail log() {
        return narrator.log();
    }

    long residentBytes() {
        return narrator.residentBytes();
    }

    /** Whether the last frame left its geometry in memory for the next one. */
    boolean keepsGeometry() {
        return keepsGeometry;
    }

    int frames() {
        return frames;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Makes the thread that waits for this session check again whether it is stopped. Thread-safe. */
    void wake() {
        process.wake();
    }

    /** Lets Blender quit by itself, and clears its folder. */
    void quit() {
        process.quit();
        folder.clear();
    }

    /** Ends Blender at once with all that it started, and clears its folder. Thread-safe. */
    void end() {
        process.end();
        folder.clear();
    }
}
