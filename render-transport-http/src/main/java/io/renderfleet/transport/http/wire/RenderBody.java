package io.renderfleet.transport.http.wire;

import static io.renderfleet.transport.http.wire.BadRequestException.checked;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /render}, as it travels: a node's body and more. {@link Wire#readRender} reads it.
 *
 * @param frames see {@link JobRequest#frames()}
 * @param from see {@link JobRequest#from()}
 * @param to see {@link JobRequest#to()}
 * @param scene see {@link JobRequest#scene()}
 * @param entry see {@link JobRequest#entry()}
 * @param output see {@link JobRequest#output()}
 * @param settings see {@link JobRequest#settings()}
 * @param renderer see {@link JobRequest#renderer()}; null for the farm's
 * @param simulation see {@link JobRequest#simulation()}
 * @param missing see {@link JobRequest#missing()}
 * @param allow see {@link JobRequest#allow()}
 * @param timeoutSeconds how long a batch may take once rendering has begun
 * @param job stands for {@code name} where that is missing
 * @param batch taken and not used, so that a node's body does as it is
 * @param name how people call the job
 * @param priority see {@link RenderRequest#priority(int)}
 * @param batchSize see {@link RenderRequest#batchSize(int)}
 * @param requires see {@link RenderRequest#requires(Map)}
 * @param after see {@link RenderRequest#after(Set)}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RenderBody(
        @Nullable String frames,
        @Nullable Integer from,
        @Nullable Integer to,
        @Nullable String scene,
        @Nullable String entry,
        @Nullable String output,
        @Nullable SettingsBody settings,
        @Nullable String renderer,
        @Nullable String simulation,
        @Nullable String missing,
        @Nullable List<@Nullable String> allow,
        @Nullable Integer timeoutSeconds,
        @Nullable String job,
        @Nullable String batch,
        @Nullable String name,
        @Nullable Integer priority,
        @Nullable Integer batchSize,
        @Nullable Map<String, @Nullable String> requires,
        @Nullable List<@Nullable String> after) {

    RenderOrder toOrder() throws BadRequestException {
        JobOrder order = new JobRequest(
                        frames,
                        from,
                        to,
                        scene,
                        entry,
                        output,
                        settings,
                        renderer,
                        simulation,
                        missing,
                        allow,
                        timeoutSeconds,
                        job,
                        batch)
                .toOrder();
        RenderRequest any = RenderRequest.of(Scene.nodeDefault(), FrameSet.of(1));
        if (name != null) {
            checked("name", () -> any.name(name));
        }
        if (batchSize != null) {
            checked("batchSize", () -> any.batchSize(batchSize));
        }
        int urgency = priority == null
                ? 0
                : checked("priority", () -> any.priority(priority)).priority();
        Map<String, String> labels = labels();
        Set<JobId> before = before();
        return new RenderOrder(
                order,
                name,
                urgency,
                batchSize,
                checked("requires", () -> any.requires(labels)).requires(),
                checked("after", () -> any.after(before)).after());
    }

    private Map<String, String> labels() throws BadRequestException {
        if (requires == null) {
            return Map.of();
        }
        for (Map.Entry<String, @Nullable String> label : requires.entrySet()) {
            if (label.getValue() == null) {
                String field = "requires." + BadRequestException.shown(label.getKey());
                throw new BadRequestException(field, field + " is null: it must be a text in quotes");
            }
        }
        return checked("requires", () -> Map.copyOf(noNulls(requires)));
    }

    private Set<JobId> before() throws BadRequestException {
        Set<JobId> jobs = new LinkedHashSet<>();
        for (String id : after == null ? List.<@Nullable String>of() : after) {
            if (id == null) {
                throw new BadRequestException("after", "after holds null: it must be a list of job ids");
            }
            jobs.add(checked("after", () -> new JobId(id)));
        }
        return jobs;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // each value was looked at
    private static Map<String, String> noNulls(Map<String, @Nullable String> labels) {
        return (Map<String, String>) (Map<String, ?>) labels;
    }
}
