package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Sha256;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /render} asks for, checked. Two bodies that mean the same give equal orders, however they are written.
 *
 * @param job what a node would be asked for
 * @param name how people call the job, or null
 * @param priority higher goes first
 * @param batchSize how many frames go to a node together, or null
 * @param requires which labels a node must have
 * @param after which jobs must have completed before
 */
public record RenderOrder(
        JobOrder job,
        @Nullable String name,
        int priority,
        @Nullable Integer batchSize,
        Map<String, String> requires,
        Set<JobId> after) {

    /** Copies the collections. */
    public RenderOrder {
        requires = Map.copyOf(requires);
        after = Set.copyOf(after);
    }

    /**
     * Makes the request for the executor.
     *
     * @param scene what {@link JobOrder#scene()} stands for on this server
     * @return the request; it is called by the body's {@code job} where the body has no {@code name}
     * @throws IllegalArgumentException if a value is out of its range, which a read order never is
     */
    public RenderRequest toRequest(Scene scene) {
        RenderRequest request = RenderRequest.of(scene, job.frames())
                .outputPattern(job.output().text())
                .settings(job.settings())
                .scenePolicy(job.scenePolicy())
                .priority(priority)
                .requires(requires)
                .after(after);
        String called = name != null || job.job() == null ? name : job.job().value();
        request = called == null ? request : request.name(called);
        request = batchSize == null ? request : request.batchSize(batchSize);
        request = job.renderer() == null ? request : request.renderer(job.renderer());
        return job.timeout() == null ? request : request.batchTimeout(job.timeout());
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
        all.put("name", name);
        all.put("priority", priority);
        all.put("batchSize", batchSize);
        all.put("requires", new TreeMap<>(requires));
        all.put("after", after.stream().map(JobId::value).sorted().toList());
        MessageDigest digest = Sha256.newDigest();
        digest.update(Wire.write(all));
        return Sha256.of(digest).hex();
    }
}
