package io.renderfleet.core.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a sandbox sees of the file system, as arguments of bubblewrap.
 *
 * <p>Everything stands where it is outside; links on the way are there as links. Of two paths that lie in one another the inner one counts,
 * whichever was named first; of two that are the same, what hides counts before what shows, and what may be written before both.
 */
final class Mounts {
    private static final Path NULL = Path.of("/dev/null");

    private enum Kind {
        LINK,
        READ,
        DEVICE,
        HIDE,
        WRITE
    }

    private record Mount(Path at, Kind kind, Path source) {}

    private final Map<String, Mount> mounts = new LinkedHashMap<>();

    private void add(Path at, Kind kind, Path source) {
        mounts.putIfAbsent(kind + " " + at, new Mount(at, kind, source));
    }

    /** Shows a file or folder, to be read; nothing where it is not there. */
    Mounts read(Path path) {
        return show(path, Kind.READ);
    }

    /** Shows a device, or a folder of devices. */
    Mounts device(Path path) {
        return show(path, Kind.DEVICE);
    }

    /** Shows a folder of the program's own. */
    Mounts write(Path folder) {
        return show(folder, Kind.WRITE);
    }

    /** Shows a folder of the program's own at another place. */
    Mounts write(Path folder, Path at) {
        add(at, Kind.WRITE, folder);
        return this;
    }

    private Mounts show(Path path, Kind kind) {
        try {
            Path real = path.toRealPath();
            add(real, kind, real);
            link(path.toAbsolutePath().normalize());
        } catch (IOException notThere) {
            // A program for which it matters says so itself.
        }
        return this;
    }

    /** Makes the links again by which a path leads where it does. */
    private void link(Path path) throws IOException {
        Path known = path.getRoot();
        for (Path name : path) {
            known = known.resolve(name);
            if (Files.isSymbolicLink(known)) {
                Path target = known.toRealPath();
                add(known, Kind.LINK, target);
                link(target.resolve(known.relativize(path)));
                return;
            }
        }
    }

    /** Keeps a file or folder out of sight; nothing where it is not there. */
    Mounts hide(Path path) {
        try {
            Path real = path.toRealPath();
            add(real, Kind.HIDE, real);
        } catch (IOException notThere) {
            // There is nothing to be seen.
        }
        return this;
    }

    /** The arguments, outer paths first. */
    List<String> arguments() {
        List<Mount> sorted = mounts.values().stream()
                .sorted(Comparator.comparingInt((Mount each) -> each.at().getNameCount())
                        .thenComparing(Mount::kind))
                .toList();
        List<String> arguments = new ArrayList<>();
        List<String> seals = new ArrayList<>();
        List<Path> shown = new ArrayList<>();
        for (Mount each : sorted) {
            boolean isInSight = shown.stream().anyMatch(each.at()::startsWith);
            String at = each.at().toString();
            switch (each.kind()) {
                case LINK -> {
                    // Inside of something that is shown it is there already.
                    if (!isInSight) {
                        arguments.addAll(List.of("--symlink", each.source().toString(), at));
                    }
                }
                case READ -> arguments.addAll(List.of("--ro-bind", each.source().toString(), at));
                case DEVICE ->
                    arguments.addAll(List.of("--dev-bind", each.source().toString(), at));
                case WRITE -> arguments.addAll(List.of("--bind", each.source().toString(), at));
                case HIDE -> {
                    if (isInSight && Files.isDirectory(each.at(), LinkOption.NOFOLLOW_LINKS)) {
                        arguments.addAll(List.of("--tmpfs", at));
                        seals.addAll(List.of("--remount-ro", at));
                    } else if (isInSight) {
                        arguments.addAll(List.of("--ro-bind", NULL.toString(), at));
                    }
                }
            }
            if ((each.kind() == Kind.READ || each.kind() == Kind.WRITE)
                    && each.at().equals(each.source())) {
                shown.add(each.at());
            }
        }
        arguments.addAll(seals);
        return arguments;
    }
}
