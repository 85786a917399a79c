package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.SubmissionKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was asked for, as JSON. What is as usual is left out, settings that are null as well. */
final class RequestCodec {
    private static final int ANY_NUMBER =
            RenderRequest.of(Scene.nodeDefault(), "1").maxRunning();

    private RequestCodec() {}

    static ObjectNode encode(RenderRequest request) {
        ObjectNode json = Fields.object();
        json.set("scene", encode(request.scene()));
        json.set("frames", FrameCodec.encode(request.frames()));
        if (!request.outputPattern().equals(OutputPattern.DEFAULT)) {
            json.put("output", request.outputPattern().text());
        }
        if (!request.settings().equals(RenderSettings.SCENE_DEFAULTS)) {
            JsonNode settings = Fields.MAPPER.valueToTree(request.settings());
            json.set("settings", settings);
        }
        if (request.priority() != 0) {
            json.put("priority", request.priority());
        }
        if (!request.requires().isEmpty()) {
            ObjectNode labels = json.putObject("requires");
            new TreeMap<>(request.requires()).forEach(labels::put);
        }
        jobs(json, "after", request.after());
        jobs(json, "afterFrames", request.afterFrames());
        if (request.maxRunning() != ANY_NUMBER) {
            json.put("maxRunning", request.maxRunning());
        }
        request.key()
                .ifPresent(
                        key -> json.putObject("key").put("value", key.value()).put("fingerprint", key.fingerprint()));
        Fields.put(json, "owner", request.owner().orElse(null));
        Fields.put(json, "name", request.name().orElse(null));
        Fields.put(json, "outputs", request.outputFolder().orElse(null));
        Fields.put(json, "renderer", request.renderer().orElse(null));
        if (!request.scenePolicy().equals(ScenePolicy.DEFAULT)) {
            json.set("scenePolicy", encode(request.scenePolicy()));
        }
        request.batchSize().ifPresent(size -> json.put("batchSize", size));
        if (request.hasAdaptiveBatches()) {
            json.put("adaptiveBatches", true);
        }
        if (request.inOrder()) {
            json.put("inOrder", true);
        }
        Fields.put(json, "expectedFrameTime", request.expectedFrameTime().orElse(null));
        Fields.put(json, "traceparent", request.traceparent().orElse(null));
        Fields.put(json, "batchTimeout", request.batchTimeout().orElse(null));
        Fields.put(json, "deadline", request.deadline().orElse(null));
        return json;
    }

    static RenderRequest decode(Fields json) throws JsonProcessingException {
        RenderRequest request = RenderRequest.of(scene(json.object("scene")), FrameCodec.decode(json.node("frames")));
        String output = json.textOrNull("output");
        request = output == null ? request : request.outputPattern(output);
        Fields settings = json.objectOrNull("settings");
        request = settings == null
                ? request
                : request.settings(Fields.MAPPER.treeToValue(settings.json(), RenderSettings.class));
        Integer priority = json.integerOrNull("priority");
        request = priority == null ? request : request.priority(priority);
        Fields requires = json.objectOrNull("requires");
        request = requires == null ? request : request.requires(labels(requires));
        request = request.after(jobs(json, "after")).afterFrames(jobs(json, "afterFrames"));
        Integer maxRunning = json.integerOrNull("maxRunning");
        request = maxRunning == null ? request : request.maxRunning(maxRunning);
        Fields key = json.objectOrNull("key");
        request = key == null ? request : request.key(new SubmissionKey(key.text("value"), key.text("fingerprint")));
        String owner = json.textOrNull("owner");
        request = owner == null ? request : request.owner(owner);
        String name = json.textOrNull("name");
        request = name == null ? request : request.name(name);
        String outputs = json.textOrNull("outputs");
        request = outputs == null ? request : request.outputFolder(Path.of(outputs));
        String renderer = json.textOrNull("renderer");
        request = renderer == null ? request : request.renderer(renderer);
        Fields policy = json.objectOrNull("scenePolicy");
        request = policy == null ? request : request.scenePolicy(policy(policy));
        return times(request, json);
    }

    private static RenderRequest times(RenderRequest request, Fields json) {
        Integer batchSize = json.integerOrNull("batchSize");
        RenderRequest result = batchSize == null ? request : request.batchSize(batchSize);
        result = json.flag("adaptiveBatches") ? result.adaptiveBatches() : result;
        result = json.flag("inOrder") ? result.inOrder(true) : result;
        String trace = json.textOrNull("traceparent");
        result = trace == null ? result : result.traceparent(trace);
        Duration expected = json.durationOrNull("expectedFrameTime");
        result = expected == null ? result : result.expectedFrameTime(expected);
        Duration batchTimeout = json.durationOrNull("batchTimeout");
        result = batchTimeout == null ? result : result.batchTimeout(batchTimeout);
        Duration deadline = json.durationOrNull("deadline");
        return deadline == null ? result : result.deadline(deadline);
    }

    private static ObjectNode encode(ScenePolicy policy) {
        ObjectNode json = Fields.object();
        json.put("simulation", policy.simulation().wireName());
        json.put("missing", policy.missing().wireName());
        ArrayNode words = json.putArray("allow");
        policy.allowWords().forEach(words::add);
        return json;
    }

    private static ScenePolicy policy(Fields json) {
        return ScenePolicy.parse(json.text("simulation"), json.text("missing"), json.texts("allow"));
    }

    private static void jobs(ObjectNode json, String field, Set<JobId> jobs) {
        if (!jobs.isEmpty()) {
            ArrayNode ids = json.putArray(field);
            jobs.stream().map(JobId::value).sorted().forEach(ids::add);
        }
    }

    private static Set<JobId> jobs(Fields json, String field) {
        return json.texts(field).stream().map(JobId::new).collect(Collectors.toSet());
    }

    private static Map<String, String> labels(Fields json) {
        Map<String, String> labels = new LinkedHashMap<>();
        json.json().fieldNames().forEachRemaining(name -> labels.put(name, json.text(name)));
        return labels;
    }

    private static ObjectNode encode(Scene scene) {
        ObjectNode json = Fields.object();
        if (scene instanceof Scene.Local local) {
            json.put("local", local.file().toString());
            Fields.put(json, "entry", local.entry());
            Fields.put(json, "sha256", local.sha256());
        } else if (scene instanceof Scene.OnNodes onNodes) {
            json.put("onNodes", onNodes.name());
        } else if (scene instanceof Scene.NodeDefault) {
            json.put("nodeDefault", true);
        } else {
            throw new IllegalArgumentException("this store does not know how to keep a scene that is a "
                    + scene.getClass().getSimpleName());
        }
        return json;
    }

    private static Scene scene(Fields json) {
        String local = json.textOrNull("local");
        if (local != null) {
            String sha256 = json.textOrNull("sha256");
            return new Scene.Local(Path.of(local), json.textOrNull("entry"), digest(sha256));
        }
        String onNodes = json.textOrNull("onNodes");
        if (onNodes != null) {
            return Scene.onNodes(onNodes);
        }
        if (json.flag("nodeDefault")) {
            return Scene.nodeDefault();
        }
        throw new IllegalArgumentException("field 'scene' names a sort of scene that this version does not know");
    }

    private static @Nullable Sha256 digest(@Nullable String hex) {
        return hex == null ? null : new Sha256(hex);
    }
}
