package io.renderfleet.core.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** An image format whose structure is known. */
public enum ImageFormat {
    /** PNG (ISO/IEC 15948). */
    PNG("PNG", "png", "png", "png"),
    /** JPEG (ITU-T T.81). */
    JPEG("JPEG", "jpeg", "jpg", "jpeg"),
    /** OpenEXR, file layout of version 2. */
    OPENEXR("OpenEXR", "", "exr", "exr"),
    /** TIFF 6.0 and BigTIFF. Its directory may stand at the end, so the stream shows nothing; the file is looked at once it is there. */
    TIFF("TIFF", "tiff", "tif", "tiff"),
    /** WebP (RFC 9649). */
    WEBP("WebP", "", "webp", "webp");

    private final String label;
    private final String reader;
    private final String extension;
    private final String otherExtension;

    ImageFormat(String label, String reader, String extension, String otherExtension) {
        this.label = label;
        this.reader = reader;
        this.extension = extension;
        this.otherExtension = otherExtension;
    }

    /**
     * Finds the format that a file's name promises.
     *
     * @param name of a file, or a path
     * @return the format, or empty where its extension is that of no known format
     */
    public static Optional<ImageFormat> byName(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> extension.equals(format.extension) || extension.equals(format.otherExtension))
                .findFirst();
    }

    /**
     * Names the format.
     *
     * @return as people call it, such as {@code OpenEXR}
     */
    public String label() {
        return label;
    }

    /** What the JDK calls it; empty where the JDK has no reader. */
    String reader() {
        return reader;
    }

    FormatCheck check(Feed feed, Findings findings) {
        return switch (this) {
            case PNG -> new PngCheck(feed, findings);
            case JPEG -> new JpegCheck(feed, findings);
            case OPENEXR -> new ExrCheck(feed, findings);
            case TIFF -> FormatCheck.NONE;
            case WEBP -> new WebpCheck(feed, findings);
        };
    }
}
