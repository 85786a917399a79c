package io.renderfleet.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs a folder into a zip: a scene with the textures, caches and libraries beside it.
 *
 * <p>Or a scene with the files that it names, wherever they are: the zip then holds them as they lie to one another, so that relative
 * paths in the scene hold. The same files give the same bytes, so that a scene which has not changed is not sent again. Hidden files (such as {@code .git}) are
 * left out. A link is packed as what it points to, and refused where that is outside of the folder.
 */
final class ScenePack {
    private static final int MAX_FILES = 10_000;
    private static final long MAX_BYTES = 4L << 30;
    private static final LocalDateTime ONE_TIME_FOR_ALL = LocalDateTime.of(2000, 1, 1, 0, 0);

    private final Path root;
    private final Map<String, Path> files = new TreeMap<>();
    private long bytes;

    private ScenePack(Path root) {
        this.root = root;
    }

    /** Looks at what is in a folder. */
    static ScenePack of(Path folder) throws IOException {
        ScenePack pack = new ScenePack(folder.toRealPath());
        Files.walkFileTree(
                pack.root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, pack.new Collector());
        if (pack.files.isEmpty()) {
            throw OrchestratorCommand.usage("SCENE is '" + folder + "': there is no file in it");
        }
        return pack;
    }

    /** Looks at a scene and at the files that it needs beside itself. */
    static ScenePack of(Path scene, List<Path> files) throws IOException {
        Path start = scene.toAbsolutePath().normalize();
        Path common = start.getParent();
        for (Path file : files) {
            while (common != null && !file.startsWith(common)) {
                common = common.getParent();
            }
        }
        if (common == null) {
            throw OrchestratorCommand.usage("SCENE needs files of several drives: bring them together on one");
        }
        ScenePack pack = new ScenePack(common);
        pack.add(start, Files.size(start));
        for (Path file : files) {
            pack.add(file, Files.size(file));
        }
        return pack;
    }

    private void add(Path file, long size) {
        bytes += size;
        files.put(name(file), file);
        if (files.size() > MAX_FILES || bytes > MAX_BYTES) {
            throw OrchestratorCommand.usage("SCENE has more than " + MAX_FILES + " files or "
                    + ProgressView.size(MAX_BYTES) + ": put only what the scene needs into its folder");
        }
    }

    /** What a file is called in the zip. */
    String name(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    /** The files by their names in the zip. */
    Map<String, Path> files() {
        return files;
    }

    /** Writes the zip. */
    void write(Path zip) throws IOException {
        try (OutputStream to = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(to)) {
            out.setLevel(Deflater.BEST_SPEED);
            for (Map.Entry<String, Path> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(ONE_TIME_FOR_ALL);
                out.putNextEntry(entry);
                Files.copy(file.getValue(), out);
                out.closeEntry();
            }
        }
    }

    private final class Collector extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            if (folder.equals(root)) {
                return FileVisitResult.CONTINUE;
            }
            if (isHidden(folder)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            requireInside(folder);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (isHidden(file)) {
                return FileVisitResult.CONTINUE;
            }
            requireInside(file);
            if (!attributes.isRegularFile()) {
                throw OrchestratorCommand.usage(
                        "SCENE holds '" + name(file) + "', which is no file that could be sent");
            }
            add(file, attributes.size());
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            throw OrchestratorCommand.usage("SCENE holds '" + name(file) + "', which cannot be read ("
                    + failure.getClass().getSimpleName().replaceFirst("Exception$", "") + ")");
        }

        private void requireInside(Path file) throws IOException {
            if (!file.toRealPath().startsWith(root)) {
                throw OrchestratorCommand.usage("SCENE holds '" + name(file)
                        + "', a link to something outside of the folder: copy that into the folder");
            }
        }

        private static boolean isHidden(Path file) {
            return String.valueOf(file.getFileName()).startsWith(".");
        }
    }
}
