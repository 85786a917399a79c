package io.renderfleet.node.verify;

import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.node.files.SafePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks at the files that a renderer says it has written.
 *
 * <p>A file counts if it is there, a regular file inside the folder of its attempt, not empty, and, where its name promises an image
 * format whose structure is known (PNG, JPEG, OpenEXR, TIFF, WebP), whole: no chunk, segment, strip or tile missing or cut off.
 * Compressed pixels are decoded as far as the JDK can. Thread-safe; reads files in pieces, so that memory stays bounded.
 */
public final class OutputVerifier {

    /** Makes a verifier. */
    public OutputVerifier() {}

    /**
     * Looks at one file.
     *
     * @param folder the attempt's own folder
     * @param file an absolute path
     * @return whether it is whole, with its digest, or what is wrong
     */
    public Verification verify(Path folder, Path file) {
        String name = String.valueOf(file.getFileName());
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Verification.Flawed(FailureKind.FRAME_MISSING, name + " was announced, but is not there");
        }
        if (!SafePath.isOwn(folder, file)) {
            return new Verification.Flawed(
                    FailureKind.FRAME_MISSING, name + " is no regular file inside the folder of this attempt");
        }
        try {
            long bytes = Files.size(file);
            if (bytes == 0) {
                return new Verification.Flawed(FailureKind.FRAME_EMPTY, name + " has no bytes: is the disk full?");
            }
            Optional<ImageFormat> format = ImageFormat.byName(name);
            if (format.isPresent()) {
                check(file, format.get());
            }
            return new Verification.Whole(bytes, Sha256.of(file));
        } catch (FlawException e) {
            return new Verification.Flawed(FailureKind.FRAME_DAMAGED, name + " " + e.getMessage());
        } catch (IOException e) {
            return new Verification.Flawed(FailureKind.FRAME_DAMAGED, name + " cannot be read");
        }
    }

    private static void check(Path file, ImageFormat format) throws IOException, FlawException {
        boolean decodable;
        try (Bytes bytes = Bytes.open(file)) {
            decodable = format.isDecodable(bytes);
        }
        if (decodable) {
            JdkDecoder.decode(file.toFile(), format);
        }
    }
}
