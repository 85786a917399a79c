package io.renderfleet.examples;

import java.awt.image.BufferedImage;

/** Draws z → z² + c, where c goes round a circle once in 360 frames. */
final class JuliaSet {
    private static final int DEPTH = 220;
    private static final int[] STOPS = {0x0b1026, 0x1d1f5c, 0x6a2c8f, 0xd1495b, 0xf7a451, 0xfff1d0};

    private JuliaSet() {}

    static BufferedImage draw(int frame, int width, int height) {
        double angle = 2 * Math.PI * (frame + 145) / 360.0;
        double re = 0.7885 * Math.cos(angle);
        double im = 0.7885 * Math.sin(angle);
        double scale = 1.9 / height;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double steps = steps((x - width / 2.0) * scale, (y - height / 2.0) * scale, re, im);
                image.setRGB(x, y, color(steps));
            }
        }
        return image;
    }

    /** After how many steps a point escapes, with a fraction, so that the colors have no edges. */
    private static double steps(double x, double y, double re, double im) {
        for (int i = 0; i < DEPTH; i++) {
            double size = x * x + y * y;
            if (size > 64) {
                return i + 1 - Math.log(Math.log(size) / Math.log(64)) / Math.log(2);
            }
            double real = x * x - y * y + re;
            y = 2 * x * y + im;
            x = real;
        }
        return DEPTH;
    }

    /** From night over violet and ember to cream. */
    private static int color(double steps) {
        double place = Math.pow(Math.min(1, Math.max(0, steps / DEPTH)), 0.4) * (STOPS.length - 1);
        int stop = Math.min((int) place, STOPS.length - 2);
        int color = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int low = STOPS[stop] >> shift & 0xff;
            int high = STOPS[stop + 1] >> shift & 0xff;
            color |= (int) Math.round(low + (high - low) * (place - stop)) << shift;
        }
        return color;
    }
}
