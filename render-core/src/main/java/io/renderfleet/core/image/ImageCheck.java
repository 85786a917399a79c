package io.renderfleet.core.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the structure of one picture while its bytes stream by: nothing of it is missing, cut off or in the wrong place, and what has
 * checksums agrees with them.
 *
 * <pre>{@code
 * try (ImageCheck check = ImageCheck.of("shot_0001.exr", bytes, ImageBounds.ANY).orElseThrow()) {
 *     while (check.flaw().isEmpty() && source.read(buffer.clear()) >= 0) {
 *         check.add(buffer.flip());
 *     }
 *     Optional<String> flaw = check.end(file);
 * }
 * }</pre>
 *
 * <p>Pieces may be of any length; the verdict does not depend on it. The pixels of a PNG, and of OpenEXR scan lines that are stored as ZIP, are
 * inflated and counted, and never kept. Takes some 100 KiB, and for an OpenEXR file eight bytes more for each chunk, of which there may be
 * 2,097,152. A TIFF file may have its directory at the end: of its stream nothing is looked at, and {@link #end} reads its directories by
 * position. Not thread-safe.
 */
public final class ImageCheck implements AutoCloseable {
    private final ImageFormat format;
    private final ImageBounds bounds;
    private final Feed feed;
    private final Findings findings;
    private final FormatCheck check;
    private @Nullable String flaw;

    private ImageCheck(ImageFormat format, long bytes, ImageBounds bounds) {
        this.format = format;
        this.bounds = bounds;
        this.feed = new Feed(bytes);
        this.findings = new Findings(bounds);
        this.check = format.check(feed, findings);
        look(check::begin);
    }

    /**
     * Begins a check.
     *
     * @param name the file's name, whose extension says what it must be
     * @param bytes its length
     * @param bounds how large the picture may be
     * @return a new check, or empty where the extension is that of no known format
     */
    public static Optional<ImageCheck> of(String name, long bytes, ImageBounds bounds) {
        return ImageFormat.byName(name).map(format -> new ImageCheck(format, bytes, bounds));
    }

    /**
     * Takes the next bytes of the file.
     *
     * @param bytes any number of them; all are used up afterwards
     */
    public void add(ByteBuffer bytes) {
        if (flaw == null) {
            look(() -> feed.add(bytes));
        }
        bytes.position(bytes.limit());
    }

    /**
     * Says what is wrong so far, so that the rest need not be read.
     *
     * @return what follows the file's name in a sentence, such as {@code is cut off after 4096 bytes}; empty while nothing is known to be wrong
     */
    public Optional<String> flaw() {
        return Optional.ofNullable(flaw);
    }

    /**
     * Says whether {@link #end} will read of the file, and so may block.
     *
     * @return true for a format of which the stream shows nothing
     */
    public boolean needsFile() {
        return format == ImageFormat.TIFF;
    }

    /**
     * Says what is wrong with the whole file, all of whose bytes have come.
     *
     * @param file the file itself, of which only what a stream cannot show is read: the directories of a TIFF file
     * @return what follows the file's name in a sentence, or empty if the picture is whole
     * @throws IOException if the file cannot be read
     */
    public Optional<String> end(Path file) throws IOException {
        if (flaw == null && needsFile()) {
            try (Bytes bytes = Bytes.open(file)) {
                findings.decodable(TiffCheck.isDecodable(bytes, new Findings(bounds)));
            } catch (FlawException e) {
                flaw = e.getMessage();
            }
        } else if (flaw == null) {
            look(feed::end);
        }
        return flaw();
    }

    /**
     * Decodes the pixels of a picture that {@link #end} has found whole, if the JDK certainly knows the format and can do it in bounded
     * memory: JPEG of 8 bits a channel, and most TIFF. Of a PNG all that decoding could show is known by then. Blocks as long as that takes.
     *
     * @param file the file
     * @return what follows the file's name in a sentence, or empty
     * @throws IOException if the file cannot be read
     */
    public Optional<String> decode(Path file) throws IOException {
        if (flaw == null && findings.isDecodable()) {
            try {
                JdkDecoder.decode(file.toFile(), format);
            } catch (FlawException e) {
                flaw = e.getMessage();
            }
        }
        return flaw();
    }

    private void look(Feed.Step step) {
        try {
            step.go();
        } catch (FlawException e) {
            flaw = e.getMessage();
        }
    }

    /** Gives back what is held; may be called twice, and at any time. */
    @Override
    public void close() {
        check.close();
    }
}
