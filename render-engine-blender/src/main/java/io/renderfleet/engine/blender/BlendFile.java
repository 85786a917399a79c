package io.renderfleet.engine.blender;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What the first bytes of a scene file say, without starting Blender.
 *
 * <p>A .blend file begins with {@code BLENDER}, or is compressed as a whole: with gzip up to 2.9, with zstd from 3.0 on.
 */
final class BlendFile {
    private static final byte[] PLAIN = "BLENDER".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private BlendFile() {}

    /** Whether a file can be one at all. */
    static boolean isPossible(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(PLAIN.length);
            return begins(head, PLAIN) || begins(head, GZIP) || begins(head, ZSTD);
        }
    }

    private static boolean begins(byte[] head, byte[] magic) {
        return head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }
}
