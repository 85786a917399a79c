package io.renderfleet.engine.blender;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A scene with the files that were sent along with it.
 *
 * <p>A node keeps what is sent to it below a folder that is named by the SHA-256 of what was sent, in a folder of its own there. All else
 * belongs to the node or to other jobs, and is never part of a package. A scene that lies elsewhere was named, not sent, and has no
 * package: what lies beside it is the node's.
 *
 * @param root the folder
 * @param scene the scene file in it
 */
record ScenePackage(Path root, Path scene) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final String SCENE_FILES = ".blend";

    /** Finds the package of a scene; empty where the scene was not sent. */
    static Optional<ScenePackage> of(Path scene) {
        Path below = scene.toAbsolutePath().normalize();
        Path file = below;
        for (Path folder = below.getParent(); folder != null; below = folder, folder = folder.getParent()) {
            Path name = folder.getFileName();
            if (name != null && DIGEST.matcher(name.toString()).matches()) {
                return Optional.of(new ScenePackage(below, file));
            }
        }
        return Optional.empty();
    }

    /** Where the scene is in the package, with {@code /} between folders. */
    String entry() {
        Path entry = root.equals(scene) ? scene.getFileName() : root.relativize(scene);
        return String.valueOf(entry).replace('\\', '/');
    }

    /**
     * Copies the package: what the copy is for may write to it, and the package itself is never changed.
     *
     * @param folder made if it is not there, else empty
     * @return the package there
     */
    ScenePackage copyInto(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path copy = folder.resolve(entry());
        if (root.equals(scene)) {
            copy(scene, copy);
        } else {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                    Files.createDirectories(folder.resolve(root.relativize(each)));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                    // A plain file may have been given several names.
                    boolean isOtherName = !each.equals(scene) && Files.isSameFile(each, scene);
                    if (attributes.isRegularFile() && !isOtherName) {
                        copy(each, folder.resolve(root.relativize(each)));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return new ScenePackage(folder, copy);
    }

    private static void copy(Path file, Path name) throws IOException {
        // By a stream: the rights of the original, which may be for reading alone, are not its copy's.
        try (OutputStream out = Files.newOutputStream(name, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Files.copy(file, out);
        }
    }

    /**
     * Writes a zip of all regular files of the package. Scenes are compressed a little; pictures and caches are by themselves.
     *
     * @param zip a new file, outside of the package
     * @param isStopped asked before each file
     * @return false if it was stopped, and the zip is not whole
     */
    boolean zip(Path zip, BooleanSupplier isStopped) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(zip)))) {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                    if (isStopped.getAsBoolean()) {
                        return FileVisitResult.TERMINATE;
                    }
                    if (attributes.isRegularFile()) {
                        String name = root.relativize(each).toString().replace('\\', '/');
                        boolean isScene = name.toLowerCase(Locale.ROOT).endsWith(SCENE_FILES);
                        out.setLevel(isScene ? Deflater.BEST_SPEED : Deflater.NO_COMPRESSION);
                        out.putNextEntry(new ZipEntry(name));
                        Files.copy(each, out);
                        out.closeEntry();
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return !isStopped.getAsBoolean();
    }
}
