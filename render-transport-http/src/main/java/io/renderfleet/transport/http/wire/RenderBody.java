package io.renderfleet.transport.http.wire;

import static io.renderfleet.transport.http.wire.BadRequestException.checked;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
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
 * @param batchSize see {@link RenderRequest#batchSize(int)} and {@link RenderRequest#adaptiveBatches()}
 * @param requires see {@link RenderRequest#requires(Map)}
 * @param after see {@link RenderRequest#after(Set)}
 * @param afterFrames see {@link RenderRequest#afterFrames(Set)}
 * @param maxRunning see {@link RenderRequest#maxRunning(int)}
 * @param deadlineSeconds see {@link RenderRequest#deadline(Duration)}
 * @param inOrder see {@link RenderRequest#inOrder(boolean)}
 * @param expectedSeconds see {@link RenderRequest#expectedFrameTime(Duration)}
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
        @Nullable BatchSize batchSize,
        @Nullable Map<String, @Nullable String> requires,
        @Nullable List<@Nullable String> after,
        @Nullable List<@Nullable String> afterFrames,
        @Nullable Integer maxRunning,
        @Nullable Integer deadlineSeconds,
        @Nullable Boolean inOrder,
        @Nullable Double expectedSeconds) {

    /** Beyond it a time is out of range in any case; a year is allowed. */
    private static final double MOST_SECONDS = 1e9;

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
        Wanted wanted = new Wanted(RenderRequest.of(Scene.nodeDefault(), order.frames())
                .outputPattern(order.output().text())
                .settings(order.settings())
                .scenePolicy(order.scenePolicy()));
        wanted.set("timeoutSeconds", order.timeout(), RenderRequest::batchTimeout);
        wanted.set("renderer", order.renderer(), RenderRequest::renderer);
        wanted.set("name", name, RenderRequest::name);
        wanted.set("priority", priority, RenderRequest::priority);
        wanted.set("batchSize", batchSize, (request, size) -> size.on(request));
        wanted.set("requires", labels(), RenderRequest::requires);
        wanted.set("after", jobs("after", after), RenderRequest::after);
        wanted.set("afterFrames", jobs("afterFrames", afterFrames), RenderRequest::afterFrames);
        wanted.set("maxRunning", maxRunning, RenderRequest::maxRunning);
        wanted.set("deadlineSeconds", seconds(deadlineSeconds), RenderRequest::deadline);
        wanted.set("inOrder", inOrder, RenderRequest::inOrder);
        wanted.set("expectedSeconds", seconds(expectedSeconds), RenderRequest::expectedFrameTime);
        return new RenderOrder(order, wanted.request);
    }

    /** A request that takes one field after the other. */
    private static final class Wanted {
        private RenderRequest request;

        private Wanted(RenderRequest request) {
            this.request = request;
        }

        private <T> void set(String field, @Nullable T value, BiFunction<RenderRequest, T, RenderRequest> setter)
                throws BadRequestException {
            if (value != null) {
                request = checked(field, () -> setter.apply(request, value));
            }
        }
    }

    private static @Nullable Duration seconds(@Nullable Number value) {
        if (value == null) {
            return null;
        }
        double most = MOST_SECONDS;
        return Duration.ofNanos(Math.round(Math.max(-most, Math.min(most, value.doubleValue())) * 1e9));
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

    private static Set<JobId> jobs(String field, @Nullable List<@Nullable String> ids) throws BadRequestException {
        Set<JobId> jobs = new LinkedHashSet<>();
        for (String id : ids == null ? List.<@Nullable String>of() : ids) {
            if (id == null) {
                throw new BadRequestException(field, field + " holds null: it must be a list of job ids");
            }
            jobs.add(checked(field, () -> new JobId(id)));
        }
        return jobs;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // each value was looked at
    private static Map<String, String> noNulls(Map<String, @Nullable String> labels) {
        return (Map<String, String>) (Map<String, ?>) labels;
    }
}
