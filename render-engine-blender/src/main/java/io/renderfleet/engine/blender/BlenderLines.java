package io.renderfleet.engine.blender;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Understands the output of Blender 2.8 to 5.x.
 *
 * <p>Up to 4.x a line of progress begins with {@code Fra:1 Mem:…}; from 5.0 a time and a category stand before it, and the fields
 * are spaced ({@code 01:08.428  render | Fra: 1 | Mem: 1699M | Sample 64/128}). Fields are looked for by name, since which of them
 * there are differs by version, engine and phase.
 */
final class BlenderLines {
    private static final Pattern LOG_PREFIX = Pattern.compile(
            "^(?:\\d+:)?\\d\\d:\\d\\d\\.\\d{3}\\s+(\\S+)\\s*\\|\\s*(?:(ERROR|WARNING|INFO|FATAL)\\s+)?(.*)$");
    private static final Pattern FRAME = Pattern.compile("^Fra: ?(-?\\d{1,8})\\b");
    private static final Pattern SAMPLE = Pattern.compile("\\bSample (\\d{1,9})/(\\d{1,9})");
    private static final Pattern TILES = Pattern.compile("\\bRendered (\\d{1,9})/(\\d{1,9}) Tiles");
    private static final Pattern EEVEE_SAMPLE = Pattern.compile("\\bRendering (\\d{1,9}) / (\\d{1,9}) samples");
    private static final Pattern REMAINING = Pattern.compile("\\bRemaining: ?([\\d:.]+)");
    private static final Pattern MEMORY = Pattern.compile("\\bMem: ?([\\d.]+)([KMG]?)");
    private static final Pattern PEAK = Pattern.compile("\\bPeak:? ?([\\d.]+)([KMG]?)");
    private static final Pattern SAVED = Pattern.compile("^Saved: (?:'(.*)'|(.+))$");
    private static final Pattern SKIPPED = Pattern.compile("^skipping existing frame \"?(.*?)\"?$");
    private static final Pattern VERSION = Pattern.compile("^Blender (\\d+\\.\\d+.*)$");
    private static final Pattern ERROR = Pattern.compile(
            "^(?:Error|ERROR|Fatal|FATAL)\\b:?.*|^Traceback \\(most recent call last\\):.*"
                    + "|^Malloc returns null.*|^Calloc returns null.*|^Writing: .*blender\\.crash\\.txt.*|^terminate called .*");
    private static final Pattern WARNING = Pattern.compile("^(?:Warning|WARNING|WARN)\\b:?\\s*(.*)$");

    private BlenderLines() {}

    static BlenderLine parse(String line) {
        Matcher prefixed = LOG_PREFIX.matcher(line);
        if (!prefixed.matches()) {
            return parsePlain(line.strip());
        }
        String level = prefixed.group(2);
        String text = prefixed.group(3).strip();
        if ("ERROR".equals(level) || "FATAL".equals(level)) {
            return new BlenderLine.Problem(text);
        }
        return "WARNING".equals(level) ? new BlenderLine.Warning(text) : parsePlain(text);
    }

    private static BlenderLine parsePlain(String text) {
        Matcher frame = FRAME.matcher(text);
        if (frame.find()) {
            return progress(Integer.parseInt(frame.group(1)), text);
        }
        Matcher saved = SAVED.matcher(text);
        if (saved.matches()) {
            String quoted = saved.group(1);
            return new BlenderLine.Saved(quoted != null ? quoted : saved.group(2));
        }
        Matcher skipped = SKIPPED.matcher(text);
        if (skipped.matches()) {
            return new BlenderLine.Skipped(skipped.group(1));
        }
        if (ERROR.matcher(text).matches()) {
            return new BlenderLine.Problem(text);
        }
        Matcher warning = WARNING.matcher(text);
        if (warning.matches()) {
            return new BlenderLine.Warning(warning.group(1));
        }
        Matcher version = VERSION.matcher(text);
        return version.matches() ? new BlenderLine.Version(version.group(1)) : new BlenderLine.Other(text);
    }

    private static BlenderLine progress(int frame, String text) {
        Matcher counted = first(text, TILES, SAMPLE, EEVEE_SAMPLE);
        Matcher remaining = REMAINING.matcher(text);
        return new BlenderLine.Progress(
                frame,
                counted == null ? null : Integer.valueOf(counted.group(1)),
                counted == null ? null : Integer.valueOf(counted.group(2)),
                remaining.find() ? duration(remaining.group(1)) : null,
                bytes(MEMORY.matcher(text)),
                bytes(PEAK.matcher(text)));
    }

    /** Up to 2.9, Cycles counts tiles and names the sample of one of them: of more than one tile, the count of tiles is the progress. */
    private static @Nullable Matcher first(String text, Pattern tiles, Pattern... others) {
        Matcher found = tiles.matcher(text);
        if (found.find() && Integer.parseInt(found.group(2)) > 1) {
            return found;
        }
        for (Pattern other : others) {
            Matcher matcher = other.matcher(text);
            if (matcher.find()) {
                return matcher;
            }
        }
        return null;
    }

    /** Reads {@code 01:05.01} or {@code 1:02:03.45}. */
    private static @Nullable Duration duration(String text) {
        try {
            BigDecimal seconds = BigDecimal.ZERO;
            for (String part : text.split(":", -1)) {
                seconds = seconds.multiply(BigDecimal.valueOf(60)).add(new BigDecimal(part));
            }
            return Duration.ofMillis(seconds.movePointRight(3).longValue());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Long bytes(Matcher matcher) {
        if (!matcher.find()) {
            return null;
        }
        try {
            int shift = switch (matcher.group(2)) {
                case "K" -> 10;
                case "M" -> 20;
                case "G" -> 30;
                default -> 0;
            };
            return new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(1L << shift))
                    .longValue();
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
