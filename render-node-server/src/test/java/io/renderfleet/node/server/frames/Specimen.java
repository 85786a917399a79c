package io.renderfleet.node.server.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * A scene that was made, and the frames that a bare Blender renders of it. Both stay where they are for the next run of the tests, until
 * the scene's row or the Python that makes it changes.
 */
final class Specimen {
    private static final Pattern LAST_NUMBER = Pattern.compile(".*?(-?\\d+)\\D*");
    private static final Pattern PICTURE = Pattern.compile(
            ".*\\.(png|jpe?g|exr|tiff?|bmp|rgb|tga|cin|dpx|hdr|jp2|j2c|webp|avif)", Pattern.CASE_INSENSITIVE);

    private final Blender blender;
    private final Row row;
    private final Path folder;

    private Specimen(Blender blender, Row row, Path folder) {
        this.blender = blender;
        this.row = row;
        this.folder = folder;
    }

    static Specimen of(Row row, Blender blender, Path work, Workshop workshop) throws IOException {
        String made = Resources.text("workshop.py")
                + Resources.text("blender_of_wheel.py")
                + Resources.text("scenes/stage.py")
                + Resources.text("scenes/" + row.topic() + ".py");
        Path folder = work.resolve(row.topic() + "/" + row.scene() + "-" + shortDigest(made));
        if (!Files.isDirectory(folder)) {
            // Under its name only once it is whole.
            Path making = folder.resolveSibling(folder.getFileName() + ".making");
            Folders.delete(making);
            workshop.make(row.topic(), row.scene(), Files.createDirectories(making));
            Files.move(making, folder);
        }
        return new Specimen(blender, row, folder);
    }

    /** What goes to the farm: the scene, and what lies beside it. */
    Path sent() {
        return folder.resolve("sent");
    }

    /** The pictures that {@code blender -a} writes, by frame: the frame itself first, then what compositor nodes write. */
    Map<Integer, List<Path>> bareFrames() throws IOException, InterruptedException {
        Path right = folder.resolve("right");
        Path source = Files.isDirectory(right) ? right : sent();
        List<String> arguments = bareArguments();
        Path bare = folder.resolve("bare-" + shortDigest(arguments.toString()));
        if (!Files.isDirectory(bare)) {
            Path rendering = bare.resolveSibling(bare.getFileName() + ".rendering");
            Folders.delete(rendering);
            Folders.copy(source, rendering.resolve("copy"));
            render(rendering, arguments);
            Files.move(rendering, bare);
        }
        Map<Integer, List<Path>> found = new TreeMap<>();
        pictures(bare.resolve("out"), path -> true)
                .forEach(path -> found.computeIfAbsent(frameOf(path), frame -> new ArrayList<>())
                        .add(path));
        Set<Path> before = new HashSet<>(Folders.files(source));
        pictures(bare.resolve("copy"), path -> !before.contains(path))
                .forEach(path -> found.computeIfAbsent(frameOf(path), frame -> new ArrayList<>())
                        .add(path));
        return found;
    }

    private List<String> bareArguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add(row.isTrusted() ? "-y" : "-Y");
        boolean another = Files.isDirectory(folder.resolve("right"));
        arguments.addAll(List.of("copy/" + (another ? "scene.blend" : row.file()), "-o", "out/####"));
        arguments.addAll(row.bareArguments());
        arguments.addAll(List.of(
                "-s",
                Integer.toString(row.frames().stream().min().orElseThrow()),
                "-e",
                Integer.toString(row.frames().stream().max().orElseThrow()),
                "-a"));
        return arguments;
    }

    private void render(Path place, List<String> arguments) throws IOException, InterruptedException {
        ProcessBuilder command = blender.command(
                place,
                arguments.stream()
                        .map(each -> each.contains("/") ? place.resolve(each).toString() : each)
                        .toList());
        Process process = command.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("a bare Blender with %s: %s", row, said)
                .isZero();
    }

    private static List<Path> pictures(Path root, Predicate<Path> counts) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        return Folders.files(root).stream()
                .filter(path -> PICTURE.matcher(path.toString()).matches() && counts.test(path))
                .map(root::resolve)
                .toList();
    }

    private static int frameOf(Path picture) {
        String name = picture.getFileName().toString();
        Matcher number = LAST_NUMBER.matcher(name.substring(0, name.lastIndexOf('.')));
        int found = 0;
        for (boolean more = number.find(); more; more = number.find()) {
            found = Integer.parseInt(number.group(1));
        }
        return found;
    }

    private static String shortDigest(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", sum.getValue());
    }

    /** Small folders. */
    static final class Folders {
        private Folders() {}

        /** All files below a folder, relative to it. */
        static List<Path> files(Path root) throws IOException {
            try (Stream<Path> paths = Files.walk(root)) {
                return paths.filter(Files::isRegularFile)
                        .map(root::relativize)
                        .sorted()
                        .toList();
            }
        }

        static void copy(Path from, Path to) throws IOException {
            for (Path file : files(from)) {
                Path target = to.resolve(file.toString());
                Files.createDirectories(target.getParent());
                Files.copy(from.resolve(file), target);
            }
        }

        static void delete(Path root) throws IOException {
            if (!Files.exists(root)) {
                return;
            }
            try (Stream<Path> paths = Files.walk(root)) {
                for (Path path :
                        paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
