package io.renderfleet.examples;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** All frames of a job in one picture, so that one look shows whether they are as they should be. */
final class ContactSheet {
    private static final int THUMB_WIDTH = 320;
    private static final int GAP = 12;
    private static final Color BACKGROUND = new Color(24, 26, 31);

    private ContactSheet() {}

    static Path of(List<Path> frames, Path file) throws IOException {
        BufferedImage first = read(frames.get(0));
        int columns = (int) Math.ceil(Math.sqrt(frames.size()));
        int rows = (frames.size() + columns - 1) / columns;
        int width = Math.min(THUMB_WIDTH, first.getWidth());
        int height = Math.max(1, first.getHeight() * width / first.getWidth());

        BufferedImage sheet = new BufferedImage(
                GAP + columns * (width + GAP), GAP + rows * (height + GAP), BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = sheet.createGraphics();
        canvas.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        canvas.setColor(BACKGROUND);
        canvas.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int i = 0; i < frames.size(); i++) {
            int x = GAP + i % columns * (width + GAP);
            int y = GAP + i / columns * (height + GAP);
            canvas.drawImage(read(frames.get(i)), x, y, width, height, null);
        }
        canvas.dispose();

        Files.createDirectories(file.toAbsolutePath().getParent());
        ImageIO.write(sheet, "png", file.toFile());
        return file;
    }

    private static BufferedImage read(Path frame) throws IOException {
        BufferedImage image = ImageIO.read(frame.toFile());
        if (image == null) {
            throw new IOException(frame + " is no picture that Java can read");
        }
        return image;
    }
}
