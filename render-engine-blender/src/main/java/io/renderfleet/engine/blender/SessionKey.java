package io.renderfleet.engine.blender;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a loaded Blender can be used for: one version of one scene file with one choice of settings.
 *
 * @param scene the scene file
 * @param folder what the scene may read without being listed: the folder that belongs to it
 * @param version what shows that it was replaced: size, time and identity
 * @param settings those that hold for all frames
 * @param policy what to do where the scene cannot be rendered just as it was saved
 */
record SessionKey(Path scene, Path folder, String version, RenderSettings settings, ScenePolicy policy) {

    static SessionKey of(Path scene, Path folder, RenderSettings settings, ScenePolicy policy) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(scene, BasicFileAttributes.class);
        String version =
                attributes.size() + "/" + attributes.lastModifiedTime().toInstant() + "/" + attributes.fileKey();
        return new SessionKey(scene, folder, version, settings, policy);
    }

    /** The arguments of the driver's {@code load}. */
    Map<String, String> loadArguments(BlenderConfig config) {
        Map<String, String> arguments = new LinkedHashMap<>(bounds(scene, folder, config.sandbox()));
        arguments.put("trust", flag(config.trustScripts()));
        arguments.put("simulation", policy.simulation().wireName());
        arguments.put("allowMissing", flag(policy.missing() == MissingFiles.WARN));
        arguments.put("allow", String.join(",", policy.allowWords()));
        put(arguments, "engine", settings.engine());
        put(arguments, "samples", settings.samples());
        put(arguments, "width", settings.width());
        put(arguments, "height", settings.height());
        put(arguments, "percentage", settings.percentage());
        put(arguments, "format", settings.format());
        put(arguments, "depth", settings.depth());
        put(arguments, "sceneName", settings.sceneName());
        put(arguments, "viewLayer", settings.viewLayer());
        put(arguments, "camera", settings.camera());
        put(arguments, "threads", settings.threads());
        put(arguments, "device", settings.device());
        put(arguments, "seed", settings.seed());
        Boolean denoise = settings.denoise();
        put(arguments, "denoise", denoise == null ? null : flag(denoise));
        return arguments;
    }

    /** The arguments that say which files a scene may name. */
    static Map<String, String> bounds(Path scene, Path folder, Sandbox sandbox) {
        return Map.of(
                "scene", scene.toString(),
                "home", folder.toString(),
                "roots", lines(sandbox.readable()),
                "hidden", lines(sandbox.hidden()));
    }

    private static String lines(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining("\n"));
    }

    static String flag(boolean value) {
        return value ? "1" : "0";
    }

    private static void put(Map<String, String> arguments, String key, @Nullable Object value) {
        if (value != null) {
            arguments.put(key, value.toString());
        }
    }
}
