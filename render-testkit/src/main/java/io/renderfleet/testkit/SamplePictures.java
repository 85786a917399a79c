package io.renderfleet.testkit;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Small whole pictures of every format whose structure is checked, 48 x 40 pixels unless it is said otherwise: what nodes of tests can deliver.
 * Each call gives the same bytes. Thread-safe.
 */
public final class SamplePictures {
    private static final int WIDTH = 48;
    private static final int HEIGHT = 40;

    private SamplePictures() {}

    /**
     * One of each sort that can be checked while its bytes come, which is all but TIFF.
     *
     * @return the bytes of files by their names, in a fixed order
     * @throws IOException never, since nothing is written but memory
     */
    public static Map<String, byte[]> streamed() throws IOException {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("a.png", png());
        all.put("interlaced.png", interlacedPng());
        all.put("a.jpg", jpeg());
        all.put("progressive.jpeg", progressiveJpeg());
        all.put("a.webp", webp());
        all.put("plain.exr", exr(0));
        all.put("zip.exr", exr(3));
        all.put("scattered.exr", scatteredExr());
        all.put("deep.exr", deepExr());
        all.put("tiled.exr", tiledExr());
        all.put("multipart.EXR", multipartExr());
        return all;
    }

    /**
     * A PNG of RGB, 8 bits a channel.
     *
     * @return the bytes of a file
     * @throws IOException never, since nothing is written but memory
     */
    public static byte[] png() throws IOException {
        return written("png", null, false);
    }

    /**
     * A PNG in the seven passes of Adam7.
     *
     * @return the bytes of a file
     * @throws IOException never, since nothing is written but memory
     */
    public static byte[] interlacedPng() throws IOException {
        return written("png", null, true);
    }

    /**
     * A baseline JPEG.
     *
     * @return the bytes of a file
     * @throws IOException never, since nothing is written but memory
     */
    public static byte[] jpeg() throws IOException {
        return written("jpeg", null, false);
    }

    /**
     * A progressive JPEG.
     *
     * @return the bytes of a file
     * @throws IOException never, since nothing is written but memory
     */
    public static byte[] progressiveJpeg() throws IOException {
        return written("jpeg", null, true);
    }

    /**
     * A TIFF of one or more strips.
     *
     * @param compression as the JDK calls it, such as {@code LZW}; null for none
     * @return the bytes of a file
     * @throws IOException never, since nothing is written but memory
     */
    public static byte[] tiff(@Nullable String compression) throws IOException {
        return written("tiff", compression, false);
    }

    /**
     * A TIFF of one row of 8 pixels of 16-bit grey, as Blender writes it from 5.0 on: differences of neighbours, deflated, which the JDK does not read.
     *
     * @return the bytes of a file
     */
    public static byte[] tiffOfDifferences() {
        int width = 8;
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[width * 2]);
        deflater.finish();
        byte[] strip = new byte[64];
        int size = deflater.deflate(strip);
        deflater.end();
        int[][] fields = {
            {256, width},
            {257, 1},
            {258, 16},
            {259, 8},
            {262, 1},
            {273, 8 + 2 + 10 * 12 + 4},
            {277, 1},
            {278, 1},
            {279, size},
            {317, 2}
        };
        ByteBuffer tiff =
                ByteBuffer.allocate(8 + 2 + fields.length * 12 + 4 + size).order(ByteOrder.LITTLE_ENDIAN);
        tiff.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) fields.length);
        for (int[] field : fields) {
            tiff.putShort((short) field[0]).putShort((short) 3).putInt(1).putInt(field[1]);
        }
        return tiff.putInt(0).put(strip, 0, size).array();
    }

    /**
     * A WebP of one lossless pixel.
     *
     * @return the bytes of a file
     */
    public static byte[] webp() {
        return Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
    }

    /**
     * An OpenEXR of scan lines with one half-float channel.
     *
     * @param compression 0 for none, 3 for ZIP in blocks of 16 lines
     * @return the bytes of a file
     */
    public static byte[] exr(int compression) {
        Exr exr = new Exr(2);
        exr.header(compression, null, null);
        exr.raw((byte) 0);
        exr.scanLines(compression, -1);
        return exr.bytes();
    }

    /**
     * An OpenEXR of four tiles, stored plain.
     *
     * @return the bytes of a file
     */
    public static byte[] tiledExr() {
        Exr exr = new Exr(2 | 0x200);
        exr.header(0, new int[] {32, 32}, null);
        exr.raw((byte) 0);
        exr.tiles();
        return exr.bytes();
    }

    /**
     * An OpenEXR of two parts of scan lines, stored plain.
     *
     * @return the bytes of a file
     */
    public static byte[] multipartExr() {
        Exr exr = new Exr(2 | 0x1000);
        exr.header(0, null, "scanlineimage");
        exr.raw((byte) 0);
        exr.header(0, null, "scanlineimage");
        exr.raw((byte) 0);
        exr.raw((byte) 0);
        exr.scanLines(0, 2);
        return exr.bytes();
    }

    /**
     * An OpenEXR whose lines stand in the file in the reverse of the order of its table, with bytes between them that belong to nothing.
     *
     * @return the bytes of a file
     */
    public static byte[] scatteredExr() {
        Exr exr = new Exr(2);
        exr.header(0, null, null);
        exr.raw((byte) 0);
        exr.scatteredLines();
        return exr.bytes();
    }

    /**
     * An OpenEXR of deep scan lines, as its layout goes; the samples themselves are noise.
     *
     * @return the bytes of a file
     */
    public static byte[] deepExr() {
        Exr exr = new Exr(2 | 0x800);
        exr.header(0, null, "deepscanline");
        exr.raw((byte) 0);
        exr.deepLines();
        return exr.bytes();
    }

    /**
     * A PNG of any size, with one bit for a pixel and all of them black, which takes few bytes.
     *
     * @param width pixels, at least 1
     * @param height pixels, at least 1
     * @return the bytes of a file
     */
    public static byte[] blackPng(int width, int height) {
        byte[] rows = new byte[Math.multiplyExact(height, 1 + (width + 7) / 8)];
        return png(width, height, rows);
    }

    /**
     * A PNG of one bit for a pixel with rows that need not be as many as its header says: a whole one only if they are.
     *
     * @param width pixels by the header
     * @param height pixels by the header
     * @param rows what is compressed, each row with a byte for its filter before it
     * @return the bytes of a file, whose checksums are right
     */
    public static byte[] png(int width, int height, byte[] rows) {
        byte[] pixels = Exr.zip(rows);
        ByteBuffer png = ByteBuffer.allocate(8 + 25 + 12 + pixels.length + 12);
        png.putLong(0x89504e470d0a1a0aL);
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put(new byte[] {1, 0, 0, 0, 0})
                        .array());
        chunk(png, "IDAT", pixels);
        chunk(png, "IEND", new byte[0]);
        return png.array();
    }

    private static void chunk(ByteBuffer png, String type, byte[] content) {
        png.putInt(content.length);
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        png.put(name).put(content);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        png.putInt((int) crc.getValue());
    }

    private static byte[] written(String format, @Nullable String compression, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (compression != null) {
                param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                param.setCompressionType(compression);
            }
            if (progressive) {
                param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture(), null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static BufferedImage picture() {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        canvas.setPaint(new GradientPaint(0, 0, Color.BLUE, WIDTH, HEIGHT, Color.ORANGE));
        canvas.fillRect(0, 0, WIDTH, HEIGHT);
        canvas.setPaint(Color.WHITE);
        canvas.fillOval(10, 8, 20, 20);
        canvas.dispose();
        return image;
    }

    /** Writes OpenEXR files of one half-float channel, byte by byte. */
    private static final class Exr {
        private final ByteBuffer out = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);

        Exr(int version) {
            out.putInt(20000630).putInt(version);
        }

        byte[] bytes() {
            byte[] bytes = new byte[out.position()];
            out.flip().get(bytes);
            return bytes;
        }

        void raw(byte... bytes) {
            out.put(bytes);
        }

        void header(int compression, int @Nullable [] tiles, @Nullable String type) {
            attribute("channels", "chlist", 19);
            text("Y");
            out.putInt(1).putInt(0).putInt(1).putInt(1).put((byte) 0);
            attribute("compression", "compression", 1);
            out.put((byte) compression);
            attribute("dataWindow", "box2i", 16);
            out.putInt(0).putInt(0).putInt(WIDTH - 1).putInt(HEIGHT - 1);
            attribute("lineOrder", "lineOrder", 1);
            out.put((byte) 0);
            if (tiles != null) {
                attribute("tiles", "tiledesc", 9);
                out.putInt(tiles[0]).putInt(tiles[1]).put((byte) 0);
            }
            if (type != null) {
                attribute("type", "string", type.length());
                out.put(type.getBytes(StandardCharsets.US_ASCII));
                attribute("chunkCount", "int", 4);
                out.putInt(HEIGHT);
            }
        }

        void scanLines(int compression, int parts) {
            int lines = compression == 3 ? 16 : 1;
            List<byte[]> chunks = new ArrayList<>();
            for (int part = 0; part < Math.max(1, parts); part++) {
                for (int y = 0; y < HEIGHT; y += lines) {
                    byte[] pixels = new byte[WIDTH * 2 * Math.min(lines, HEIGHT - y)];
                    new Random(y).nextBytes(pixels);
                    byte[] data = compression == 3 ? zip(pixels) : pixels;
                    ByteBuffer chunk = ByteBuffer.allocate(data.length + 12).order(ByteOrder.LITTLE_ENDIAN);
                    if (parts > 0) {
                        chunk.putInt(part);
                    }
                    chunk.putInt(y).putInt(data.length).put(data);
                    chunks.add(Arrays.copyOf(chunk.array(), chunk.position()));
                }
            }
            table(chunks);
        }

        void scatteredLines() {
            int chunk = 8 + WIDTH * 2;
            int gap = 5;
            long first = out.position() + 8L * HEIGHT;
            for (int y = 0; y < HEIGHT; y++) {
                out.putLong(first + gap + (long) (HEIGHT - 1 - y) * (chunk + gap));
            }
            for (int y = HEIGHT - 1; y >= 0; y--) {
                out.put(new byte[gap]).putInt(y).putInt(WIDTH * 2).put(new byte[WIDTH * 2]);
            }
        }

        void deepLines() {
            int table = WIDTH * 4;
            int samples = WIDTH * 2;
            List<byte[]> chunks = new ArrayList<>();
            for (int y = 0; y < HEIGHT; y++) {
                ByteBuffer chunk = ByteBuffer.allocate(28 + table + samples).order(ByteOrder.LITTLE_ENDIAN);
                chunk.putInt(y).putLong(table).putLong(samples).putLong(samples);
                chunks.add(chunk.array());
            }
            table(chunks);
        }

        void tiles() {
            List<byte[]> chunks = new ArrayList<>();
            for (int y = 0; y < HEIGHT; y += 32) {
                for (int x = 0; x < WIDTH; x += 32) {
                    int size = Math.min(32, WIDTH - x) * Math.min(32, HEIGHT - y) * 2;
                    ByteBuffer chunk = ByteBuffer.allocate(size + 20).order(ByteOrder.LITTLE_ENDIAN);
                    chunk.putInt(x / 32).putInt(y / 32).putInt(0).putInt(0).putInt(size);
                    chunks.add(chunk.array());
                }
            }
            table(chunks);
        }

        private void table(List<byte[]> chunks) {
            long offset = out.position() + 8L * chunks.size();
            for (byte[] chunk : chunks) {
                out.putLong(offset);
                offset += chunk.length;
            }
            chunks.forEach(out::put);
        }

        private void attribute(String name, String type, int size) {
            text(name);
            text(type);
            out.putInt(size);
        }

        private void text(String text) {
            out.put(text.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
        }

        private static byte[] zip(byte[] plain) {
            Deflater deflater = new Deflater();
            deflater.setInput(plain);
            deflater.finish();
            byte[] buffer = new byte[plain.length + plain.length / 1_000 + 64];
            int length = deflater.deflate(buffer);
            deflater.end();
            return Arrays.copyOf(buffer, length);
        }
    }
}
