package io.renderfleet.engine.blender;

import io.renderfleet.core.model.Allowance;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something of a scene's colour management that Blender has replaced when it opened the scene.
 *
 * <p>Blender says so in a line of its log and nowhere else. Up to 4.x the line is {@code Color management: scene view "Studio" not
 * found, setting default "Standard".}; from 5.0 the part before the first colon is gone.
 *
 * @param allowance what a request names to have it so
 * @param text what Blender said
 */
record ColorLoss(Allowance allowance, String text) {
    private static final Pattern LINE = Pattern.compile(
            "(?:Color management: )?((?:.{0,200} )?(display|view|look|colorspace) \".{0,200}\" (?:used by .{1,200} )?not found, "
                    + "(?:setting|will use) .{1,200})");

    /** Reads a line of Blender's; null for any other. */
    static @Nullable ColorLoss parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.find()) {
            return null;
        }
        Allowance allowance = switch (matcher.group(2)) {
            case "look" -> Allowance.LOOK;
            case "colorspace" -> Allowance.COLOR_SPACE;
            default -> Allowance.VIEW_TRANSFORM;
        };
        return new ColorLoss(allowance, matcher.group(1).strip().replaceFirst("\\.$", ""));
    }
}
