package io.renderfleet.engine.blender;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last lines that a Blender wrote, for the report of a failure. Folders of this node are shortened: what others read names no absolute
 * paths. Used by one thread at a time.
 */
final class LogTail {
    private static final int KEPT = 50;
    private static final int LONGEST = 500;

    private final Deque<String> lines = new ArrayDeque<>();
    private final Map<String, String> folders = new LinkedHashMap<>();

    /** From now on shows the name in place of the folder. */
    void hide(String name, Path folder) {
        folders.put(name, folder.toString());
    }

    /** Forgets the lines, which were of another run. */
    void clear() {
        lines.clear();
    }

    /** Keeps a line and returns it as it may be shown. */
    String add(String line) {
        String shown = shown(line);
        lines.addLast(shown);
        if (lines.size() > KEPT) {
            lines.removeFirst();
        }
        return shown;
    }

    String shown(String text) {
        String shown = text;
        for (Map.Entry<String, String> folder : folders.entrySet()) {
            shown = shown.replace(folder.getValue(), folder.getKey());
        }
        return shown.length() > LONGEST ? shown.substring(0, LONGEST) + " …" : shown;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
