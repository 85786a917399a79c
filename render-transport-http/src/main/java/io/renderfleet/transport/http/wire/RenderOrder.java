package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Sha256;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /render} asks for, checked. Two bodies that mean the same give equal orders, however they are written.
 *
 * @param job what a node would be asked for
 * @param request what is asked of the farm, with any scene and under no name but the body's {@code name}
 */
public record RenderOrder(JobOrder job, RenderRequest request) {
    private static final int ANY_NUMBER =
            RenderRequest.of(Scene.nodeDefault(), "1").maxRunning();

    /**
     * Makes the request for the executor.
     *
     * @param scene what {@link JobOrder#scene()} stands for on this server
     * @return the request; it is called by the body's {@code job} where the body has no {@code name}
     */
    public RenderRequest toRequest(Scene scene) {
        RenderRequest wanted = request.scene(scene);
        return wanted.name().isPresent() || job.job() == null
                ? wanted
                : wanted.name(job.job().value());
    }

    /**
     * Stands for all that is asked for, so that an idempotency key that is used for something else is noticed.
     *
     * @return a digest that is the same for equal orders, also in another process, and differs otherwise
     */
    public String fingerprint() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("frames", job.frames().toString());
        all.put("scene", job.scene().sceneText());
        all.put("entry", job.scene().entryText());
        all.put("output", job.output().text());
        all.put("settings", SettingsBody.of(job.settings()));
        // What is as usual stays away, so that keys of before it could be asked for go on to mean the same.
        if (job.renderer() != null) {
            all.put("renderer", job.renderer());
        }
        if (!job.scenePolicy().equals(ScenePolicy.DEFAULT)) {
            all.put("simulation", job.scenePolicy().simulation().wireName());
            all.put("missing", job.scenePolicy().missing().wireName());
            all.put("allow", job.scenePolicy().allowWords());
        }
        all.put("timeout", job.timeout() == null ? null : job.timeout().toString());
        all.put("job", job.job() == null ? null : job.job().value());
        all.put("batch", job.batch() == null ? null : job.batch().value());
        all.put("name", request.name().orElse(null));
        all.put("priority", request.priority());
        all.put(
                "batchSize",
                request.batchSize().isPresent() ? (Integer) request.batchSize().getAsInt() : null);
        all.put("requires", new TreeMap<>(request.requires()));
        all.put("after", sorted(request.after()));
        putUnusual(all);
        MessageDigest digest = Sha256.newDigest();
        digest.update(Wire.write(all));
        return Sha256.of(digest).hex();
    }

    private void putUnusual(Map<String, @Nullable Object> all) {
        if (request.hasAdaptiveBatches()) {
            all.put("batchSize", BatchSize.AUTO);
        }
        if (!request.afterFrames().isEmpty()) {
            all.put("afterFrames", sorted(request.afterFrames()));
        }
        if (request.maxRunning() != ANY_NUMBER) {
            all.put("maxRunning", request.maxRunning());
        }
        request.deadline().map(Duration::toString).ifPresent(time -> all.put("deadline", time));
        if (request.inOrder()) {
            all.put("inOrder", true);
        }
        request.expectedFrameTime().map(Duration::toString).ifPresent(time -> all.put("expected", time));
    }

    private static List<String> sorted(Set<JobId> jobs) {
        return jobs.stream().map(JobId::value).sorted().toList();
    }
}
