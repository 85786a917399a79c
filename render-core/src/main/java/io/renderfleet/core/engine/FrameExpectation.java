package io.renderfleet.core.engine;

import io.renderfleet.core.image.ImageBounds;
import io.renderfleet.core.image.ImageFormat;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderSettings;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a frame's picture before it is rendered, as far as the request states it. What a scene decides is not known here.
 *
 * @param format its format, or null
 * @param bounds how large it may be
 * @param mostBytes how long its file may be
 */
record FrameExpectation(@Nullable ImageFormat format, ImageBounds bounds, long mostBytes) {
    private static final Map<String, ImageFormat> FORMATS = Map.of(
            "PNG", ImageFormat.PNG,
            "JPEG", ImageFormat.JPEG,
            "OPEN_EXR", ImageFormat.OPENEXR,
            "OPEN_EXR_MULTILAYER", ImageFormat.OPENEXR,
            "TIFF", ImageFormat.TIFF,
            "WEBP", ImageFormat.WEBP);

    /** Red, green, blue and alpha, as 32-bit floats: what is stored for a pixel at most, but for passes and views. */
    private static final long BYTES_OF_A_PIXEL = 16;
    /** Of two views, a depth, and a compression that makes noise longer. */
    private static final long GENEROUS = 8;
    /** A file of all passes may have hundreds of them, and one of no stated format may be one. */
    private static final long PASSES = 256;

    private static final long ANYWAY = 16L << 20;

    /**
     * Derives it from the settings.
     *
     * @param maxFile how long any file may be
     */
    static FrameExpectation of(RenderSettings settings, long maxFile) {
        String format = settings.format();
        ImageFormat known = format == null ? null : FORMATS.get(format);
        Integer width = settings.width();
        Integer height = settings.height();
        int percentage = Objects.requireNonNullElse(settings.percentage(), 100);
        ImageBounds bounds = new ImageBounds(
                width == null ? ImageBounds.LONGEST_SIDE : part(width, percentage),
                height == null ? ImageBounds.LONGEST_SIDE : part(height, percentage));
        long most = maxFile;
        if (width != null && height != null) {
            boolean plain = known != null && !"OPEN_EXR_MULTILAYER".equals(format);
            long pixels = (long) bounds.width() * bounds.height();
            most = Math.min(maxFile, pixels * BYTES_OF_A_PIXEL * (plain ? GENEROUS : PASSES) + ANYWAY);
        }
        return new FrameExpectation(known, bounds, most);
    }

    private static int part(int pixels, int percentage) {
        return (pixels * percentage + 99) / 100;
    }

    /** How large the picture in a file may be: other files than the main one are what the scene makes of them. */
    ImageBounds boundsOf(OutputFile file) {
        return file.main() ? bounds : ImageBounds.ANY;
    }

    /**
     * Says what is wrong with what a node announces, before a byte of it is fetched.
     *
     * @param maxFile how long any file may be
     * @return what follows the file's name in a sentence, or null
     */
    @Nullable String flawOf(OutputFile file, long maxFile) {
        long most = file.main() ? mostBytes : maxFile;
        if (file.bytes() > most) {
            return "has " + file.bytes() + " bytes: at most " + most + " are taken";
        }
        ImageFormat asked = format;
        if (asked == null
                || !file.main()
                || ImageFormat.byName(file.name()).filter(asked::equals).isPresent()) {
            return null;
        }
        return "is no " + asked.label() + " file by its name, but the request asks for one";
    }
}
