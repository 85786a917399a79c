package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.renderfleet.core.model.RenderSettings;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code settings} of a request; what is null is as the scene has it.
 *
 * @param engine see {@link RenderSettings#engine()}
 * @param samples see {@link RenderSettings#samples()}
 * @param width see {@link RenderSettings#width()}
 * @param height see {@link RenderSettings#height()}
 * @param percentage see {@link RenderSettings#percentage()}
 * @param format see {@link RenderSettings#format()}
 * @param depth see {@link RenderSettings#depth()}
 * @param sceneName see {@link RenderSettings#sceneName()}; its name on the wire is {@code scene}
 * @param viewLayer see {@link RenderSettings#viewLayer()}
 * @param camera see {@link RenderSettings#camera()}
 * @param threads see {@link RenderSettings#threads()}
 * @param device see {@link RenderSettings#device()}
 * @param denoise see {@link RenderSettings#denoise()}
 * @param seed see {@link RenderSettings#seed()}
 * @param overwrite see {@link RenderSettings#overwrite()}
 * @param persistentData see {@link RenderSettings#persistentData()}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SettingsBody(
        @Nullable String engine,
        @Nullable Integer samples,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Integer percentage,
        @Nullable String format,
        @Nullable Integer depth,
        @JsonProperty("scene") @Nullable String sceneName,
        @Nullable String viewLayer,
        @Nullable String camera,
        @Nullable Integer threads,
        @Nullable String device,
        @Nullable Boolean denoise,
        @Nullable Integer seed,
        @Nullable Boolean overwrite,
        @Nullable Boolean persistentData) {

    /**
     * Makes the wire form of settings.
     *
     * @param settings any settings
     * @return their body, or null where nothing is set
     */
    public static @Nullable SettingsBody of(RenderSettings settings) {
        if (settings.equals(RenderSettings.SCENE_DEFAULTS)) {
            return null;
        }
        return new SettingsBody(
                settings.engine(),
                settings.samples(),
                settings.width(),
                settings.height(),
                settings.percentage(),
                settings.format(),
                settings.depth(),
                settings.sceneName(),
                settings.viewLayer(),
                settings.camera(),
                settings.threads(),
                settings.device(),
                settings.denoise(),
                settings.seed(),
                settings.overwrite(),
                settings.persistentData());
    }

    static RenderSettings read(@Nullable SettingsBody body) throws BadRequestException {
        if (body == null) {
            return RenderSettings.SCENE_DEFAULTS;
        }
        try {
            return body.toSettings();
        } catch (IllegalArgumentException e) {
            // The model begins its messages with the setting; on the wire one of them has another name.
            String detail = String.valueOf(e.getMessage()).replaceFirst("^settings\\.sceneName\\b", "settings.scene");
            int end = detail.indexOf(' ');
            throw new BadRequestException(end < 0 ? "settings" : detail.substring(0, end), detail);
        }
    }

    private RenderSettings toSettings() {
        return RenderSettings.builder()
                .engine(engine)
                .samples(samples)
                .width(width)
                .height(height)
                .percentage(percentage)
                .format(format)
                .depth(depth)
                .sceneName(sceneName)
                .viewLayer(viewLayer)
                .camera(camera)
                .threads(threads)
                .device(device)
                .denoise(denoise)
                .seed(seed)
                .overwrite(overwrite)
                .persistentData(persistentData)
                .build();
    }
}
