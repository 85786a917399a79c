package io.renderfleet.core.model;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an artist may set for a request; whatever is null is left as the scene has it.
 *
 * <p>The ranges are checked here; whether an engine can do what is asked (a format that its build lacks, say) is checked by the
 * node before anything starts. Immutable; {@link #builder()} makes one.
 *
 * @param engine the render engine by Blender's name without its version: {@code CYCLES}, {@code EEVEE}, {@code WORKBENCH}
 * @param samples samples a pixel, 1 to 1,048,576
 * @param width pixels, 4 to 65,536
 * @param height pixels, 4 to 65,536
 * @param percentage of the resolution, 1 to 100
 * @param format the file format by Blender's name: {@code PNG}, {@code JPEG}, {@code OPEN_EXR}, {@code OPEN_EXR_MULTILAYER},
 *     {@code TIFF}, {@code WEBP}, {@code BMP}, {@code TARGA}, {@code TARGA_RAW}, {@code IRIS}, {@code JPEG2000}, {@code HDR},
 *     {@code CINEON}, {@code DPX}, or another that the node's build writes
 * @param depth bits a channel: 8, 10, 12, 16 or 32, as the format allows
 * @param sceneName which scene of the file
 * @param viewLayer the only view layer to render
 * @param camera the camera object's name
 * @param threads 0 (all cores) to 1,024
 * @param device {@code CPU}, {@code CUDA}, {@code OPTIX}, {@code HIP}, {@code ONEAPI}, {@code METAL}, or
 *     {@code GPU} for any of them; a job whose device is not there fails unless the request allows {@link Allowance#CPU}
 * @param denoise whether to denoise
 * @param seed of the noise, 0 to 2,147,483,647
 * @param overwrite false to keep frames that are there and valid; null means true
 * @param persistentData whether the engine keeps static geometry between frames; null means that the node decides
 */
public record RenderSettings(
        @Nullable String engine,
        @Nullable Integer samples,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Integer percentage,
        @Nullable String format,
        @Nullable Integer depth,
        @Nullable String sceneName,
        @Nullable String viewLayer,
        @Nullable String camera,
        @Nullable Integer threads,
        @Nullable String device,
        @Nullable Boolean denoise,
        @Nullable Integer seed,
        @Nullable Boolean overwrite,
        @Nullable Boolean persistentData) {

    /** Nothing set: everything as the scene has it. */
    public static final RenderSettings SCENE_DEFAULTS = builder().build();

    private static final Pattern WORD = Pattern.compile("[A-Z][A-Z0-9_]{0,39}");
    private static final int MAX_NAME = 128;

    /**
     * Checks every value that is set.
     *
     * @throws IllegalArgumentException naming the setting, its value and what would be right
     */
    public RenderSettings {
        word("engine", engine);
        between("samples", samples, 1, 1_048_576);
        between("width", width, 4, 65_536);
        between("height", height, 4, 65_536);
        between("percentage", percentage, 1, 100);
        word("format", format);
        between("depth", depth, 8, 32);
        name("sceneName", sceneName);
        name("viewLayer", viewLayer);
        name("camera", camera);
        between("threads", threads, 0, 1_024);
        word("device", device);
        between("seed", seed, 0, Integer.MAX_VALUE);
    }

    /**
     * Begins with nothing set.
     *
     * @return a new builder, not thread-safe
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins with all that is set here, so that single settings can be changed.
     *
     * @return a new builder, not thread-safe
     */
    public Builder toBuilder() {
        return builder()
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
                .persistentData(persistentData);
    }

    private static void between(String field, @Nullable Integer value, int low, int high) {
        if (value != null && (value < low || value > high)) {
            throw new IllegalArgumentException(
                    "settings." + field + " is " + value + ": it must be from " + low + " to " + high);
        }
    }

    private static void word(String field, @Nullable String value) {
        if (value != null && !WORD.matcher(value).matches()) {
            throw new IllegalArgumentException("settings." + field + " is '" + shorten(value)
                    + "': it must be a word of capital letters, digits and _, such as CYCLES or PNG");
        }
    }

    private static void name(String field, @Nullable String value) {
        if (value != null
                && (value.isEmpty()
                        || value.length() > MAX_NAME
                        || value.chars().anyMatch(Character::isISOControl))) {
            throw new IllegalArgumentException("settings." + field + " is '" + shorten(value) + "': it must have 1 to "
                    + MAX_NAME + " printable characters");
        }
    }

    private static String shorten(String value) {
        String shown = value.length() > 40 ? value.substring(0, 40) + "…" : value;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }

    /** Gathers settings. Not thread-safe. */
    public static final class Builder {
        private @Nullable String engine;
        private @Nullable Integer samples;
        private @Nullable Integer width;
        private @Nullable Integer height;
        private @Nullable Integer percentage;
        private @Nullable String format;
        private @Nullable Integer depth;
        private @Nullable String sceneName;
        private @Nullable String viewLayer;
        private @Nullable String camera;
        private @Nullable Integer threads;
        private @Nullable String device;
        private @Nullable Boolean denoise;
        private @Nullable Integer seed;
        private @Nullable Boolean overwrite;
        private @Nullable Boolean persistentData;

        private Builder() {}

        /**
         * Sets the render engine; see {@link RenderSettings#engine()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder engine(@Nullable String value) {
            this.engine = value;
            return this;
        }

        /**
         * Sets samples a pixel; see {@link RenderSettings#samples()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder samples(@Nullable Integer value) {
            this.samples = value;
            return this;
        }

        /**
         * Sets pixels; see {@link RenderSettings#width()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder width(@Nullable Integer value) {
            this.width = value;
            return this;
        }

        /**
         * Sets pixels; see {@link RenderSettings#height()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder height(@Nullable Integer value) {
            this.height = value;
            return this;
        }

        /**
         * Sets percent of the resolution; see {@link RenderSettings#percentage()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder percentage(@Nullable Integer value) {
            this.percentage = value;
            return this;
        }

        /**
         * Sets the file format; see {@link RenderSettings#format()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder format(@Nullable String value) {
            this.format = value;
            return this;
        }

        /**
         * Sets bits a channel; see {@link RenderSettings#depth()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder depth(@Nullable Integer value) {
            this.depth = value;
            return this;
        }

        /**
         * Sets which scene of the file; see {@link RenderSettings#sceneName()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder sceneName(@Nullable String value) {
            this.sceneName = value;
            return this;
        }

        /**
         * Sets the only view layer; see {@link RenderSettings#viewLayer()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder viewLayer(@Nullable String value) {
            this.viewLayer = value;
            return this;
        }

        /**
         * Sets the camera object's name; see {@link RenderSettings#camera()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder camera(@Nullable String value) {
            this.camera = value;
            return this;
        }

        /**
         * Sets how many threads; see {@link RenderSettings#threads()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder threads(@Nullable Integer value) {
            this.threads = value;
            return this;
        }

        /**
         * Sets the device; see {@link RenderSettings#device()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder device(@Nullable String value) {
            this.device = value;
            return this;
        }

        /**
         * Sets whether to denoise; see {@link RenderSettings#denoise()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder denoise(@Nullable Boolean value) {
            this.denoise = value;
            return this;
        }

        /**
         * Sets the seed of the noise; see {@link RenderSettings#seed()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder seed(@Nullable Integer value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets whether to render valid frames again; see {@link RenderSettings#overwrite()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder overwrite(@Nullable Boolean value) {
            this.overwrite = value;
            return this;
        }

        /**
         * Sets whether to keep static geometry; see {@link RenderSettings#persistentData()}.
         *
         * @param value the value, or null for as the scene has it
         * @return this builder
         */
        public Builder persistentData(@Nullable Boolean value) {
            this.persistentData = value;
            return this;
        }

        /**
         * Checks and makes the settings.
         *
         * @return the settings
         * @throws IllegalArgumentException naming the setting, its value and what would be right
         */
        public RenderSettings build() {
            return new RenderSettings(
                    engine,
                    samples,
                    width,
                    height,
                    percentage,
                    format,
                    depth,
                    sceneName,
                    viewLayer,
                    camera,
                    threads,
                    device,
                    denoise,
                    seed,
                    overwrite,
                    persistentData);
        }
    }
}
