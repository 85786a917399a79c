package io.renderfleet.engine.blender;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the Blender of this node is and can do, asked once at start.
 *
 * @param version such as {@code 3.4.1}, or {@code unknown}
 * @param engines by Blender's own identifiers
 * @param formats the file formats of single pictures that it writes, each with its depths in bits
 * @param denoises whether it has OpenImageDenoise
 * @param problem why there is no usable Blender, or null
 */
record Installation(
        String version,
        Set<String> engines,
        Map<String, Set<Integer>> formats,
        boolean denoises,
        @Nullable Failure problem) {
    private static final Logger log = LoggerFactory.getLogger(Installation.class);

    private static final Set<String> DEVICES = Set.of("CPU", "GPU", "CUDA", "OPTIX", "HIP", "ONEAPI", "METAL");

    static Installation find(BlenderConfig config) {
        Session session;
        try {
            session = Session.start(config, 0, List.of(), List.of());
        } catch (IOException e) {
            return unusable(Diagnosis.ofStart(config.program().get(0), e));
        }
        try {
            Reply reply = session.awaitReady(Listener.MUTE);
            if (reply instanceof Reply.Done done) {
                DriverEvent ready = done.event();
                session.quit();
                return new Installation(
                        ready.text("blender"),
                        words(ready.text("engines")),
                        depths(ready.text("formats")),
                        !ready.text("denoises").equals("0"),
                        null);
            }
            return unusable(session.diagnoseStart(reply));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unusable(
                    Failure.of(FailureKind.INTERNAL_ERROR, "Interrupted while Blender was asked what it can do."));
        } finally {
            session.end();
        }
    }

    private static Installation unusable(Failure problem) {
        log.warn("No usable Blender: {}", problem);
        problem.log().forEach(line -> log.warn("Blender said: {}", line));
        return new Installation("unknown", Set.of(), Map.of(), false, problem);
    }

    /** What of the settings cannot be had here, whatever the scene is. */
    Optional<Failure> refuse(RenderSettings settings) {
        if (problem != null) {
            return Optional.of(problem);
        }
        String engine = settings.engine();
        if (engine != null && engines.stream().noneMatch(each -> each.equals(engine) || isAlias(engine, each))) {
            return refusal(
                    FailureKind.ENGINE_UNAVAILABLE,
                    "settings.engine is '" + engine + "': this Blender " + version + " has " + shown(engines) + ".");
        }
        String format = settings.format();
        if (format != null && !formats.containsKey(format)) {
            return refusal(
                    FailureKind.UNSUPPORTED_FORMAT,
                    "settings.format is '" + format + "': this Blender " + version + " writes "
                            + shown(formats.keySet()) + ".");
        }
        Integer depth = settings.depth();
        Set<Integer> depths = format == null ? null : formats.get(format);
        if (depth != null && depths != null && !depths.contains(depth)) {
            return refusal(
                    FailureKind.UNSUPPORTED_FORMAT,
                    "settings.depth is " + depth + ": " + format + " has "
                            + shown(depths.stream().map(String::valueOf).toList()) + " bits.");
        }
        String device = settings.device();
        if (device != null && !DEVICES.contains(device)) {
            return refusal(
                    FailureKind.UNSUPPORTED_SETTING,
                    "settings.device is '" + device + "': it can be one of " + shown(DEVICES) + ".");
        }
        if (Boolean.TRUE.equals(settings.denoise()) && !denoises && !"OPTIX".equals(device)) {
            return refusal(
                    FailureKind.DENOISER_UNAVAILABLE,
                    "settings.denoise is true: this Blender " + version + " is built without OpenImageDenoise.");
        }
        return Optional.empty();
    }

    /** EEVEE goes by two identifiers, and nobody wants to write BLENDER_ before it. */
    private static boolean isAlias(String asked, String there) {
        return there.equals("BLENDER_" + asked) || (asked.contains("EEVEE") && there.contains("EEVEE"));
    }

    private static Optional<Failure> refusal(FailureKind kind, String what) {
        return Optional.of(Failure.of(kind, what + " " + Diagnosis.advice(kind)));
    }

    private static Set<String> words(String text) {
        return text.isBlank() ? Set.of() : Set.copyOf(Arrays.asList(text.split(" ", -1)));
    }

    /** Reads such as {@code PNG:8,16 JPEG:8}. */
    private static Map<String, Set<Integer>> depths(String text) {
        Map<String, Set<Integer>> formats = new TreeMap<>();
        for (String word : words(text)) {
            String[] parts = word.split("[:,]", -1);
            Set<Integer> depths = new TreeSet<>();
            for (String depth : Arrays.asList(parts).subList(1, parts.length)) {
                if (!depth.isEmpty()) {
                    depths.add(Integer.valueOf(depth));
                }
            }
            formats.put(parts[0], depths);
        }
        return formats;
    }

    private static String shown(Collection<String> names) {
        return String.join(", ", names.stream().sorted().toList());
    }
}
