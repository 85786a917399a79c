package io.renderfleet.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Whether a folder has room for another file, found out by writing one.
 *
 * <p>Many programs do not say that the disk was full when they failed, and the free space that a system reports leaves quotas and
 * reserved blocks out.
 */
public final class DiskRoom {
    private static final int PROBE_BYTES = 64 * 1024;

    private DiskRoom() {}

    /**
     * Returns whether a folder lacks room, after something went wrong there.
     *
     * @param folder a folder that exists
     * @return true if 64 KiB cannot be written there for want of room; false where there is room, and where the folder cannot be written
     *     for another reason
     */
    public static boolean isExhausted(Path folder) {
        Path probe;
        try {
            probe = Files.createTempFile(folder, ".room", null);
        } catch (IOException e) {
            return isWantOfRoom(e, folder);
        }
        try {
            Files.write(probe, new byte[PROBE_BYTES]);
            return false;
        } catch (IOException e) {
            return isWantOfRoom(e, folder);
        } finally {
            remove(probe);
        }
    }

    /**
     * Returns whether something could not be written for want of room.
     *
     * @param problem what the system said
     * @param folder where it was to be written
     * @return true if a full disk or a used-up quota is the reason
     */
    public static boolean isWantOfRoom(IOException problem, Path folder) {
        String said = String.valueOf(problem.getMessage()).toLowerCase(Locale.ROOT);
        // The words come from the system, in its language; the free space does not.
        return said.contains("no space left")
                || said.contains("quota")
                || said.contains("not enough space")
                || folder.toFile().getUsableSpace() < PROBE_BYTES;
    }

    private static void remove(Path probe) {
        try {
            Files.deleteIfExists(probe);
        } catch (IOException e) {
            probe.toFile().deleteOnExit();
        }
    }
}
