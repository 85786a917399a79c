package io.renderfleet.core.image;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.FileImageInputStream;

/**
 * Has the JDK decode an image, in little memory: every pixel is decoded, but only few are kept. A runtime without the module {@code
 * java.desktop} decodes nothing.
 */
final class JdkDecoder {
    private static final int KEPT_PIXELS = 256 * 1024;

    private JdkDecoder() {}

    private static boolean isThere() {
        return ModuleLayer.boot().findModule("java.desktop").isPresent();
    }

    static void decode(File file, ImageFormat format) throws IOException, FlawException {
        if (!isThere()) {
            return;
        }
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.reader());
        if (!readers.hasNext()) {
            return;
        }
        ImageReader reader = readers.next();
        Warnings warnings = new Warnings();
        try (FileImageInputStream in = new FileImageInputStream(file)) {
            reader.addIIOReadWarningListener(warnings);
            reader.setInput(in, true, true);
            read(reader);
        } catch (IIOException | RuntimeException e) {
            // The JDK's readers meet damage with whatever exception comes first.
            throw new FlawException("cannot be decoded");
        } finally {
            reader.dispose();
        }
        if (warnings.damage) {
            throw new FlawException("has damaged pixels");
        }
    }

    private static void read(ImageReader reader) throws IOException {
        ImageReadParam param = reader.getDefaultReadParam();
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        int every = (int) Math.max(1, Math.ceil(Math.sqrt((double) pixels / KEPT_PIXELS)));
        param.setSourceSubsampling(every, every, 0, 0);
        if (reader.canReadRaster()) {
            // Takes colour spaces too that the JDK has no picture for, such as CMYK.
            reader.readRaster(0, param);
        } else {
            BufferedImage unused = reader.read(0, param);
        }
    }

    /** The JPEG reader goes on over damage and only warns of it, in the words of libjpeg. */
    private static final class Warnings implements IIOReadWarningListener {
        private boolean damage;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            damage |= warning.startsWith("Corrupt JPEG data") || warning.startsWith("Premature end");
        }
    }
}
