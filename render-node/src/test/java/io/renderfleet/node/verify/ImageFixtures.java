package io.renderfleet.node.verify;

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
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/** Small whole images of every format. */
final class ImageFixtures {
    private static final int WIDTH = 48;
    private static final int HEIGHT = 40;

    private ImageFixtures() {}

    static byte[] png() throws IOException {
        return written("png", null, false);
    }

    static byte[] interlacedPng() throws IOException {
        return written("png", null, true);
    }

    static byte[] jpeg() throws IOException {
        return written("jpeg", null, false);
    }

    static byte[] progressiveJpeg() throws IOException {
        return written("jpeg", null, true);
    }

    static byte[] tiff(@Nullable String compression) throws IOException {
        return written("tiff", compression, false);
    }

    /** One row of 16-bit grey, as Blender writes it from 5.0 on: differences of neighbours, deflated, which the JDK does not read. */
    static byte[] tiffOfDifferences() {
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

    /** One lossless pixel. */
    static byte[] webp() {
        return Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
    }

    /** A half-float image of scan lines, plain (0) or as ZIP in blocks of 16 lines (3). */
    static byte[] exr(int compression) {
        Exr exr = new Exr(2);
        exr.header(compression, null, null);
        exr.raw((byte) 0);
        exr.scanLines(compression, -1);
        return exr.bytes();
    }

    static byte[] tiledExr() {
        Exr exr = new Exr(2 | 0x200);
        exr.header(0, new int[] {32, 32}, null);
        exr.raw((byte) 0);
        exr.tiles();
        return exr.bytes();
    }

    static byte[] multipartExr() {
        Exr exr = new Exr(2 | 0x1000);
        exr.header(0, null, "scanlineimage");
        exr.raw((byte) 0);
        exr.header(0, null, "scanlineimage");
        exr.raw((byte) 0);
        exr.raw((byte) 0);
        exr.scanLines(0, 2);
        return exr.bytes();
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
            byte[] buffer = new byte[plain.length + 64];
            int length = deflater.deflate(buffer);
            deflater.end();
            return Arrays.copyOf(buffer, length);
        }
    }
}
