package io.renderfleet.node.engine;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RadialGradientPaint;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;

/**
 * Draws one frame of the test pattern: a sun that moves over hills, and the frame's number.
 *
 * <p>The picture depends on the frame number and the size alone. The number is drawn as strokes, so that no font is needed.
 */
final class TestPattern {
    private static final double TURN = 2 * Math.PI;
    /** After so many frames the pattern begins anew. */
    private static final int PERIOD = 120;

    /** Which of the seven segments each digit lights: top, upper left, upper right, middle, lower left, lower right, bottom. */
    private static final String[] DIGITS = {
        "1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"
    };

    private final Graphics2D canvas;
    private final int width;
    private final int height;
    private final int frame;
    private final double phase;

    private TestPattern(Graphics2D canvas, int width, int height, int frame) {
        this.canvas = canvas;
        this.width = width;
        this.height = height;
        this.frame = frame;
        this.phase = Math.floorMod(frame, PERIOD) / (double) PERIOD;
    }

    static BufferedImage draw(int width, int height, int frame) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            canvas.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            new TestPattern(canvas, width, height, frame).draw();
        } finally {
            canvas.dispose();
        }
        return image;
    }

    private void draw() {
        sky();
        sun();
        for (int hill = 0; hill < 3; hill++) {
            hill(hill);
        }
        number();
    }

    private void sky() {
        float hue = (float) (0.58 + 0.08 * Math.sin(TURN * phase));
        canvas.setPaint(new GradientPaint(
                0, 0, Color.getHSBColor(hue, 0.75f, 0.35f), 0, height, Color.getHSBColor(hue - 0.5f, 0.45f, 0.95f)));
        canvas.fillRect(0, 0, width, height);
    }

    private void sun() {
        double x = width * (phase * 1.2 - 0.1);
        double y = height * (0.72 - 0.5 * Math.sin(Math.PI * phase));
        double radius = Math.min(width, height) * 0.11;
        float glow = (float) Math.max(2, radius * 3);
        canvas.setPaint(new RadialGradientPaint((float) x, (float) y, glow, new float[] {0f, 1f}, new Color[] {
            new Color(255, 240, 190, 190), new Color(255, 220, 150, 0)
        }));
        canvas.fill(new Ellipse2D.Double(x - glow, y - glow, 2 * glow, 2 * glow));
        canvas.setPaint(new Color(255, 246, 214));
        canvas.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    private void hill(int index) {
        double base = height * (0.66 + 0.12 * index);
        double swing = height * (0.10 - 0.02 * index);
        Path2D outline = new Path2D.Double();
        outline.moveTo(0, height);
        int steps = 64;
        for (int i = 0; i <= steps; i++) {
            double along = i / (double) steps;
            double wave = Math.sin(TURN * (along * (1.2 + index * 0.5) + phase * (index + 1) + index * 0.3));
            outline.lineTo(width * along, base - swing * wave);
        }
        outline.lineTo(width, height);
        outline.closePath();
        canvas.setPaint(Color.getHSBColor(0.40f - 0.03f * index, 0.55f, 0.50f - 0.13f * index));
        canvas.fill(outline);
    }

    private void number() {
        String text = Integer.toString(frame);
        double tall = Math.min(height * 0.22, width * 0.7 / text.length());
        double wide = tall * 0.5;
        double step = wide * 1.55;
        double left = (width - step * text.length() + step - wide) / 2;
        double top = (height - tall) / 2;
        stroke(text, left, top, wide, tall, step, tall * 0.22, new Color(10, 20, 35, 110));
        stroke(text, left, top, wide, tall, step, tall * 0.11, Color.WHITE);
    }

    private void stroke(
            String text, double left, double top, double wide, double tall, double step, double thick, Color color) {
        canvas.setStroke(new BasicStroke((float) thick, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        canvas.setPaint(color);
        Path2D lines = new Path2D.Double();
        for (int i = 0; i < text.length(); i++) {
            addDigit(lines, text.charAt(i), left + i * step, top, wide, tall);
        }
        canvas.draw(lines);
    }

    private static void addDigit(Path2D lines, char digit, double x, double y, double wide, double tall) {
        double middle = y + tall / 2;
        double[][] segments = {
            {x, y, x + wide, y},
            {x, y, x, middle},
            {x + wide, y, x + wide, middle},
            {x, middle, x + wide, middle},
            {x, middle, x, y + tall},
            {x + wide, middle, x + wide, y + tall},
            {x, y + tall, x + wide, y + tall}
        };
        String lit = digit == '-' ? "0001000" : DIGITS[digit - '0'];
        for (int i = 0; i < segments.length; i++) {
            if (lit.charAt(i) == '1') {
                double[] s = segments[i];
                lines.append(new Line2D.Double(s[0], s[1], s[2], s[3]), false);
            }
        }
    }
}
