package io.renderfleet.core.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What of the machine's files one program in a sandbox sees, beside the system's own.
 *
 * @param readable files and folders that it may read; what is not there is left out
 * @param writable folders that it may write to, all of which must be there
 * @param temporary the folder that it sees as {@code /tmp}; must be there
 */
public record SandboxView(List<Path> readable, List<Path> writable, Path temporary) {

    /** Copies the lists. */
    public SandboxView {
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
    }

    /**
     * Shows more to be read.
     *
     * @param more files and folders
     * @return a changed copy
     */
    public SandboxView reading(List<Path> more) {
        List<Path> all = new ArrayList<>(readable);
        all.addAll(more);
        return new SandboxView(all, writable, temporary);
    }
}
