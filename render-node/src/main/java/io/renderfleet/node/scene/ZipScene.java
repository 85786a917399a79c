package io.renderfleet.node.scene;

import io.renderfleet.core.content.ContentLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Enumeration;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Unpacks a scene that came as a zip. Made for archives of people who mean harm: bounded in files, size and ratio, nothing is
 * written outside of its folder, and no link is ever made: an archive that holds one is refused.
 */
final class ZipScene {
    private static final int MAX_ENTRIES = 100_000;
    private static final int MAX_NAME = 512;
    private static final int MAX_RATIO = 200;
    private static final long ALWAYS_ALLOWED = 16L * 1024 * 1024;
    private static final int BUFFER = 64 * 1024;

    private final Path archive;
    private final Path into;
    private final LongPredicate room;
    private final long most;
    private long unpacked;

    /** Ends the unpacking; the message goes to the client. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Prepares to unpack.
     *
     * @param archive the zip
     * @param into an empty folder
     * @param room takes so many bytes of the store, or says that there are not so many
     */
    ZipScene(Path archive, Path into, LongPredicate room) throws IOException {
        this.archive = archive;
        this.into = into;
        this.room = room;
        this.most = Math.max(ALWAYS_ALLOWED, MAX_RATIO * Files.size(archive));
    }

    static boolean isZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] first = in.readNBytes(4);
            return first.length == 4
                    && first[0] == 'P'
                    && first[1] == 'K'
                    && ((first[2] == 3 && first[3] == 4) || (first[2] == 5 && first[3] == 6));
        }
    }

    /** Says why it cannot be unpacked, if so. */
    Optional<String> unpack() throws IOException {
        try {
            unpackAll();
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void unpackAll() throws IOException, RefusedException {
        ZipDirectory.check(archive);
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            if (zip.size() > MAX_ENTRIES) {
                throw new RefusedException(
                        "The zip has " + zip.size() + " files: at most " + MAX_ENTRIES + " are allowed.");
            }
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                unpack(zip, all.nextElement());
            }
        } catch (ZipException e) {
            throw new RefusedException("The zip is damaged: " + e.getMessage() + ".");
        } catch (IllegalArgumentException e) {
            throw new RefusedException("The zip has a file whose name is not UTF-8.");
        }
    }

    private void unpack(ZipFile zip, ZipEntry entry) throws IOException, RefusedException {
        Path target = target(entry.getName());
        if (!room.test(ContentLayout.Room.EACH_FILE)) {
            throw new RefusedException("There is no room for what is in the zip.");
        }
        try {
            if (entry.isDirectory()) {
                Files.createDirectories(target);
                return;
            }
            Files.createDirectories(target.getParent());
            try (InputStream in = zip.getInputStream(entry);
                    OutputStream out =
                            Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                copy(in, out);
            }
        } catch (FileAlreadyExistsException e) {
            throw new RefusedException("The zip has '" + shown(entry.getName()) + "' twice.");
        }
    }

    private void copy(InputStream in, OutputStream out) throws IOException, RefusedException {
        byte[] buffer = new byte[BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            unpacked += n;
            if (unpacked > most) {
                throw new RefusedException(
                        "The zip unpacks to more than " + MAX_RATIO + " times its size, which no scene does.");
            }
            if (!room.test(n)) {
                throw new RefusedException("There is no room for what is in the zip.");
            }
            out.write(buffer, 0, n);
        }
    }

    private Path target(String name) throws RefusedException {
        String path = name.replace('\\', '/');
        boolean wrong = path.isBlank()
                || path.length() > MAX_NAME
                || path.startsWith("/")
                || path.matches("[A-Za-z]:.*")
                || path.chars().anyMatch(Character::isISOControl);
        try {
            Path target = into.resolve(path).normalize();
            if (!wrong && target.startsWith(into) && !target.equals(into) && !("/" + path + "/").contains("/../")) {
                return target;
            }
        } catch (InvalidPathException e) {
            throw new RefusedException("The zip has the impossible file name '" + shown(name) + "'.");
        }
        throw new RefusedException("The zip has the file name '" + shown(name)
                + "': names must be relative, stay inside, and have at most " + MAX_NAME + " printable characters.");
    }

    static String shown(String name) {
        return (name.length() > 80 ? name.substring(0, 80) + "…" : name).replaceAll("\\p{Cntrl}", "?");
    }
}
