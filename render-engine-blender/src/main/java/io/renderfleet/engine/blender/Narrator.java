package io.renderfleet.engine.blender;

import io.renderfleet.core.model.Allowance;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a Blender and its driver say into events, and remembers what matters for how it ends. Used by one thread at a time.
 *
 * <p>Blender goes on after some errors and renders something else than what was asked: a script that fails, an engine that it does
 * not have, a device that it lost. Such an error is kept until the command is answered, and then makes a refusal of it.
 */
final class Narrator {
    private final LogTail log = new LogTail();
    private final List<DriverEvent> files = new ArrayList<>();
    private final List<Path> sources = new ArrayList<>();
    private final List<Path> missing = new ArrayList<>();
    private final List<Path> unneeded = new ArrayList<>();
    private final List<ColorLoss> colorLosses = new ArrayList<>();
    private @Nullable FailureKind error;
    private String errorText = "";
    private long residentBytes;

    /** Begins to listen to the answer to a command. */
    void begin() {
        files.clear();
        sources.clear();
        missing.clear();
        unneeded.clear();
        colorLosses.clear();
        error = null;
    }

    /** Hears a line of Blender's own. */
    void hear(String text, EngineSink sink) {
        BlenderLine line = BlenderLines.parse(text);
        if (line instanceof BlenderLine.Progress progress) {
            Integer sample = progress.sample();
            Integer samples = progress.samples();
            if (sample != null && samples != null) {
                sink.accept(new EngineEvent.SamplesDone(progress.frame(), sample, samples, progress.remaining()));
            }
            return;
        }
        remember(line, text);
        ColorLoss loss = ColorLoss.parse(text);
        if (loss != null) {
            colorLosses.add(loss);
        }
        sink.accept(new EngineEvent.LogLine(log.add(text)));
        if (line instanceof BlenderLine.Warning warning) {
            sink.accept(new EngineEvent.Warned(RenderWarning.of("blender", log.shown(warning.text()))));
        }
    }

    private void remember(BlenderLine line, String text) {
        FailureKind kind = line instanceof BlenderLine.Problem problem ? Diagnosis.ofWords(problem.text()) : null;
        if (text.toLowerCase(Locale.ROOT).contains("falling back to cpu")) {
            kind = FailureKind.DEVICE_UNAVAILABLE;
        }
        if (kind == FailureKind.SCRIPT_ERROR
                || kind == FailureKind.ENGINE_UNAVAILABLE
                || kind == FailureKind.DEVICE_UNAVAILABLE) {
            error = kind;
            errorText = text;
        } else if (error == FailureKind.SCRIPT_ERROR && line instanceof BlenderLine.Other && !text.startsWith(" ")) {
            errorText = text; // the last line of a traceback says what went wrong
        }
    }

    /** Hears the driver. */
    void hear(DriverEvent event, EngineSink sink) {
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
            case "file" -> files.add(event);
            case "source" -> listFor(event).add(Path.of(event.text("path")));
            case "warning" -> {
                tell("Warning: " + event.text("message"), sink);
                String kind = event.text("kind");
                sink.accept(new EngineEvent.Warned(new RenderWarning(
                        kind.isEmpty() ? "blender" : kind, event.frame(), log.shown(event.text("message")))));
            }
            case "error" -> tell("Error: " + event.text("message"), sink);
            case "device" -> {
                tell("Device: " + event.text("kind") + ", " + event.text("name"), sink);
                sink.accept(new EngineEvent.DeviceUsed(event.text("kind") + ", " + log.shown(event.text("name"))));
            }
            case "loaded" -> {
                String size = event.text("width") + " x " + event.text("height");
                tell("Scene loaded in " + event.text("seconds") + " s: " + event.text("engine") + ", " + size, sink);
            }
            case "baked" ->
                tell("Simulation: " + event.text("count") + " baked in " + event.text("seconds") + " s", sink);
            case "stepping" -> tell("Simulation: frame " + event.text("frame") + " of " + event.text("to"), sink);
            case "prepared" -> {
                if (!event.text("steps").equals("0")) {
                    tell(
                            "Simulation: " + event.text("steps") + " frames stepped through in " + event.text("seconds")
                                    + " s",
                            sink);
                }
            }
            case "saved" -> {
                String names = files.stream().map(file -> file.text("name")).collect(Collectors.joining(", "));
                tell("Frame " + event.text("frame") + " saved in " + event.text("seconds") + " s: " + names, sink);
            }
            default -> {}
        }
    }

    private List<Path> listFor(DriverEvent source) {
        if (source.text("there").equals("1")) {
            return sources;
        }
        return source.text("needed").equals("1") ? missing : unneeded;
    }

    private void tell(String text, EngineSink sink) {
        sink.accept(new EngineEvent.LogLine(log.add(text)));
    }

    /** The answer to a command whose last word was heard. */
    Reply answer(DriverEvent lastWord, @Nullable Integer frame, SessionKey key, EngineSink sink) {
        String text = errorText;
        for (ColorLoss loss : colorLosses) {
            if (!key.policy().allow().contains(loss.allowance())) {
                return refuse(
                        "color",
                        loss.text() + "; 'allow' does not name '"
                                + loss.allowance().wireName() + "'",
                        frame);
            }
            sink.accept(new EngineEvent.Warned(
                    new RenderWarning(loss.allowance().wireName(), frame, log.shown(loss.text()))));
        }
        if (error == FailureKind.SCRIPT_ERROR) {
            return refuse("script", "A Python script of the scene failed: " + text, frame);
        }
        if (error == FailureKind.DEVICE_UNAVAILABLE && !usesCpu(key)) {
            return refuse("gpu", text, frame);
        }
        // Blender also complains about the engine of a scene of the file that is not rendered.
        boolean chosen = key.settings().engine() != null || !text.contains("'" + lastWord.text("scene") + "'");
        if (error == FailureKind.ENGINE_UNAVAILABLE && !chosen) {
            return refuse("engine", text, frame);
        }
        return new Reply.Done(lastWord, files);
    }

    private static boolean usesCpu(SessionKey key) {
        String device = key.settings().device();
        return device == null || device.equals("CPU") || key.policy().allow().contains(Allowance.CPU);
    }

    private static Reply refuse(String kind, String message, @Nullable Integer frame) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("kind", kind);
        values.put("message", message);
        if (frame != null) {
            values.put("frame", frame.toString());
        }
        return new Reply.Refused(new DriverEvent("error", values));
    }

    SceneFiles.Listed listed() {
        return new SceneFiles.Listed(sources, missing, unneeded);
    }

    LogTail log() {
        return log;
    }

    long residentBytes() {
        return residentBytes;
    }
}
