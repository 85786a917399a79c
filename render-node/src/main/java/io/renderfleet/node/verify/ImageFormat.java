package io.renderfleet.node.verify;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An image format whose structure is known.
 *
 * @param name as people call it
 * @param reader what the JDK calls it
 * @param magic the first bytes of each file
 * @param check looks at the rest
 * @param extensions of files in this format
 */
record ImageFormat(String name, String reader, List<Integer> magic, Check check, Set<String> extensions) {

    private static final List<ImageFormat> ALL = List.of(
            new ImageFormat(
                    "PNG",
                    "png",
                    List.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
                    new PngCheck(),
                    Set.of("png")),
            new ImageFormat("JPEG", "jpeg", List.of(0xff, 0xd8, 0xff), new JpegCheck(), Set.of("jpg", "jpeg")),
            new ImageFormat("OpenEXR", "", List.of(0x76, 0x2f, 0x31, 0x01), new ExrCheck(), Set.of("exr")),
            new ImageFormat("TIFF", "tiff", List.of(), new TiffCheck(), Set.of("tif", "tiff")),
            new ImageFormat("WebP", "", List.of(0x52, 0x49, 0x46, 0x46), new WebpCheck(), Set.of("webp")));

    /** What looks at the structure of one format. Without state. */
    @FunctionalInterface
    interface Check {
        /**
         * Looks at the whole file, from its first byte.
         *
         * @return whether the JDK should decode it too, and can in bounded memory
         */
        boolean check(Bytes bytes) throws IOException, FlawException;
    }

    /** Finds the format that a file's name promises. */
    static Optional<ImageFormat> byName(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return ALL.stream()
                .filter(format -> format.extensions.contains(extension))
                .findFirst();
    }

    /** Looks at the whole file; the answer is the one of {@link Check#check}. */
    boolean isDecodable(Bytes bytes) throws IOException, FlawException {
        for (int expected : magic) {
            if (bytes.u8() != expected) {
                throw new FlawException("does not begin like a " + name + " file");
            }
        }
        bytes.seek(0);
        return check.check(bytes);
    }
}
