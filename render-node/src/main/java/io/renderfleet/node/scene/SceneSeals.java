package io.renderfleet.node.scene;

import io.renderfleet.core.model.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Knows of stored scenes that they still are what was sent. Sizes and times say so for the files that were looked at before; files that
 * differ in either, or that this process has never seen, are read. Remembers the last 1,000 scenes. Thread-safe.
 */
final class SceneSeals {
    private static final int MOST = 1_000;

    private final Map<Sha256, Map<Path, Stamp>> known = new LinkedHashMap<>(16, 0.75f, true);

    private record Stamp(long bytes, FileTime changed) {}

    /** Lets nobody write to the files of a scene that has just arrived, and remembers them. */
    void close(Sha256 digest, Path folder) throws IOException {
        for (Path file : files(folder)) {
            PosixFileAttributeView rights = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (rights != null) {
                rights.setPermissions(PosixFilePermissions.fromString("r--r--r--"));
            }
        }
        remember(digest, stamps(folder));
    }

    /**
     * Says whether a scene is what was sent, and nothing else lies with it.
     *
     * @param folder of the scene, as it was laid down; folders in it that only hold other names of its files are not looked into
     * @param zip the archive in it, which is there where the scene came as one
     * @param unpacked where that was unpacked
     */
    boolean isWhole(Sha256 digest, Path folder, Path zip, Path unpacked) throws IOException {
        Map<Path, Stamp> now = stamps(folder);
        synchronized (known) {
            if (now.equals(known.get(digest))) {
                return true;
            }
        }
        boolean isZip = Files.exists(zip, LinkOption.NOFOLLOW_LINKS);
        for (Path file : files(folder)) {
            boolean isEntry = isZip && file.startsWith(unpacked);
            if (!isEntry && !Sha256.of(file).equals(digest)) {
                return false;
            }
        }
        if (isZip && !isUnpacked(zip, unpacked)) {
            return false;
        }
        remember(digest, now);
        return true;
    }

    private void remember(Sha256 digest, Map<Path, Stamp> stamps) {
        synchronized (known) {
            known.put(digest, stamps);
            if (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> !file.startsWith(folder.resolve(SceneStore.NAMED)))
                    .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    private static Map<Path, Stamp> stamps(Path folder) throws IOException {
        Map<Path, Stamp> stamps = new LinkedHashMap<>();
        for (Path file : files(folder)) {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            stamps.put(folder.relativize(file), new Stamp(is.isRegularFile() ? is.size() : -1, is.lastModifiedTime()));
        }
        return stamps;
    }

    private static boolean isUnpacked(Path archive, Path unpacked) throws IOException {
        int count = 0;
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (!entry.isDirectory()) {
                    count++;
                    Path file = unpacked.resolve(entry.getName().replace('\\', '/'));
                    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                            || !isSame(zip.getInputStream(entry), file)) {
                        return false;
                    }
                }
            }
        }
        return count == files(unpacked).size();
    }

    private static boolean isSame(InputStream one, Path file) throws IOException {
        try (InputStream sent = new BufferedInputStream(one);
                InputStream there = new BufferedInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS))) {
            int expected = sent.read();
            while (expected >= 0) {
                if (there.read() != expected) {
                    return false;
                }
                expected = sent.read();
            }
            return there.read() < 0;
        }
    }
}
