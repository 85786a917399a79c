package io.renderfleet.engine.blender;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.engine.blender.BlenderProcess.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Blender process from its start to its end: takes commands one after the other and tells what Blender says meanwhile.
 *
 * <p>Used by one thread at a time, except for {@link #wake} and {@link #end}.
 */
final class Session {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final BlenderConfig config;
    private final BlenderProcess process;
    private final SessionFolder folder;
    private final LogTail log;
    private final OutOfMemoryKills kills = OutOfMemoryKills.now();
    private long residentBytes;
    private int frames;
    private boolean keepsGeometry = true;
    private @Nullable String scriptError;
    private @Nullable String engineError;

    private Session(BlenderConfig config, BlenderProcess process, SessionFolder folder, LogTail log) {
        this.config = config;
        this.process = process;
        this.folder = folder;
        this.log = log;
    }

    static Session start(BlenderConfig config, int threads) throws IOException {
        SessionFolder folder = SessionFolder.create(config.sessionRoot());
        try {
            // A scene can make Blender print what it likes: only who knows the marker speaks for the driver.
            byte[] secret = new byte[8];
            RANDOM.nextBytes(secret);
            String marker = "@rf:" + HexFormat.of().formatHex(secret);
            LaunchCommand command = LaunchCommand.of(config, folder, marker, threads, System.getenv());
            LogTail log = new LogTail();
            log.hide(folder.root(), "(session)");
            return new Session(config, BlenderProcess.start(command, marker), folder, log);
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
        Path parent = key.scene().getParent();
        if (parent != null) {
            log.hide(parent, "(scene)");
        }
        process.send("load", key.loadArguments(config.trustScripts()));
        Reply reply = converse("loaded", null, sink);
        String missing = engineError;
        boolean rendersOther = missing != null
                && key.settings().engine() == null
                && reply instanceof Reply.Done done
                && missing.contains("'" + done.event().text("scene") + "'");
        return rendersOther ? refuse("engine", missing, null) : reply;
    }

    /** Asks whether the files that the scene came from are unchanged. */
    boolean isFresh(Listener sink) throws InterruptedException {
        process.send("verify", Map.of());
        return converse("fresh", null, sink) instanceof Reply.Done;
    }

    Reply render(int frame, Path outputFolder, String name, boolean keepGeometry, Listener sink)
            throws InterruptedException {
        log.hide(outputFolder, "(output)");
        keepsGeometry = keepGeometry;
        process.send(
                "render",
                Map.of(
                        "frame", frame,
                        "folder", outputFolder,
                        "name", name,
                        "persistent", SessionKey.flag(keepGeometry)));
        Reply reply = converse("saved", frame, sink);
        frames++;
        return reply;
    }

    /** Listens until the driver has said the word, or refuses, or it took too long, or Blender ended. */
    private Reply converse(String lastWord, @Nullable Integer frame, Listener sink) throws InterruptedException {
        List<String> files = new ArrayList<>();
        scriptError = null;
        long deadline = frame == null
                ? Long.MAX_VALUE
                : System.nanoTime() + config.frameTimeout().toNanos();
        while (true) {
            if (sink.isStopped()) {
                return new Reply.Stopped();
            }
            Duration left = Duration.ofNanos(deadline == Long.MAX_VALUE ? deadline : deadline - System.nanoTime());
            boolean frameEndsFirst = left.compareTo(config.hangTimeout()) < 0;
            Signal signal = process.next(frameEndsFirst ? left : config.hangTimeout());
            if (signal == null) {
                return frameEndsFirst ? new Reply.TookTooLong() : new Reply.Silent();
            }
            if (signal instanceof Signal.Exited exited) {
                return new Reply.Exited(exited.code());
            }
            if (signal instanceof Signal.Line line) {
                hear(line.text(), sink);
            } else if (signal instanceof Signal.Driver driver) {
                DriverEvent event = driver.event();
                hear(event, files, sink);
                if (event.is(lastWord)) {
                    return scriptError == null
                            ? new Reply.Done(event, files)
                            : refuse("script", "A Python script of the scene failed: " + scriptError, frame);
                }
                if (event.is("error") || event.is("stale")) {
                    return new Reply.Refused(event);
                }
            }
        }
    }

    /** Blender goes on after some errors, and renders something else than what was asked. */
    private static Reply refuse(String kind, @Nullable String message, @Nullable Integer frame) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("kind", kind);
        values.put("message", String.valueOf(message));
        if (frame != null) {
            values.put("frame", frame.toString());
        }
        return new Reply.Refused(new DriverEvent("error", values));
    }

    private void hear(String text, Listener sink) {
        BlenderLine line = BlenderLines.parse(text);
        FailureKind kind = line instanceof BlenderLine.Problem problem ? Diagnosis.ofWords(problem.text()) : null;
        if (kind == FailureKind.SCRIPT_ERROR) {
            scriptError = text;
        } else if (kind == FailureKind.ENGINE_UNAVAILABLE) {
            engineError = text;
        } else if (scriptError != null && line instanceof BlenderLine.Other && !text.startsWith(" ")) {
            scriptError = text; // the last line of a traceback says what went wrong
        }
        if (line instanceof BlenderLine.Progress progress) {
            Integer sample = progress.sample();
            Integer samples = progress.samples();
            if (sample != null && samples != null) {
                sink.accept(new EngineEvent.SamplesDone(progress.frame(), sample, samples, progress.remaining()));
            }
            return;
        }
        String shown = log.add(text);
        sink.accept(new EngineEvent.LogLine(shown));
        if (line instanceof BlenderLine.Warning warning) {
            sink.accept(new EngineEvent.Warned(log.shown(warning.text())));
        }
    }

    private void hear(DriverEvent event, List<String> files, Listener sink) {
        Long resident = event.number("rss");
        if (resident != null) {
            residentBytes = resident;
            Long peak = event.number("peak");
            sink.accept(new EngineEvent.MemoryUsed(resident, peak == null ? resident : peak));
        }
        switch (event.verb()) {
            case "started" -> {
                Integer frame = event.frame();
                if (frame != null) {
                    sink.accept(new EngineEvent.FrameStarted(frame));
                }
            }
            case "file" -> files.add(event.text("name"));
            case "warning" -> {
                String text = log.shown(event.text("message"));
                sink.accept(new EngineEvent.LogLine(log.add("Warning: " + text)));
                sink.accept(new EngineEvent.Warned(text));
            }
            case "error" -> sink.accept(new EngineEvent.LogLine(log.add("Error: " + event.text("message"))));
            case "loaded" ->
                sink.accept(new EngineEvent.LogLine(log.add("Scene loaded in " + event.text("seconds") + " s: "
                        + event.text("engine") + ", " + event.text("width") + " x " + event.text("height"))));
            case "device" ->
                sink.accept(
                        new EngineEvent.LogLine(log.add("Device: " + event.text("kind") + ", " + event.text("name"))));
            case "saved" ->
                sink.accept(new EngineEvent.LogLine(log.add("Frame " + event.text("frame") + " saved in "
                        + event.text("seconds") + " s: " + String.join(", ", files))));
            default -> {}
        }
    }

    /** Names the failure that a reply other than {@link Reply.Done} is. */
    Failure diagnose(Reply reply, @Nullable Integer frame) {
        if (reply instanceof Reply.Refused refused) {
            return Diagnosis.ofError(refused.error(), log);
        }
        if (reply instanceof Reply.Exited exited) {
            return Diagnosis.ofExit(exited.code(), frame, log, kills.haveHappened());
        }
        if (reply instanceof Reply.TookTooLong && frame != null) {
            return Diagnosis.frameTimeout(frame, config.frameTimeout().toSeconds(), log);
        }
        return Diagnosis.hung(frame, config.hangTimeout().toSeconds(), log);
    }

    /** Names the failure of a process that ended or fell silent before it was ready. */
    Failure diagnoseStart(Reply reply) {
        return reply instanceof Reply.Exited exited ? Diagnosis.ofStart(exited.code(), log) : diagnose(reply, null);
    }

    LogTail log() {
        return log;
    }

    long residentBytes() {
        return residentBytes;
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

    /** Makes whoever waits for this session ask again whether it is stopped. Thread-safe. */
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
