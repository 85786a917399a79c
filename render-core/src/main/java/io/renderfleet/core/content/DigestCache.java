package io.renderfleet.core.content;

import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The digests of files, each computed once as long as the file's {@linkplain FileStamp stamp} stays as it is: a scene of gigabytes is not
 * read again for each job. Knows the last 1,000 files. Thread-safe.
 */
public final class DigestCache {
    private static final int MOST = 1_000;

    private final Map<Path, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    private record Known(FileStamp stamp, Sha256 digest) {}

    /** Starts knowing nothing. */
    public DigestCache() {}

    /**
     * Returns the digest of a file, and blocks as long as reading it takes.
     *
     * @param file a readable file
     * @return its digest
     * @throws IOException if it cannot be read
     */
    public Sha256 of(Path file) throws IOException {
        Path place = place(file);
        FileStamp stamp = FileStamp.of(place);
        Known before = find(place);
        if (before != null && before.stamp().equals(stamp)) {
            return before.digest();
        }
        Sha256 digest = Sha256.of(place);
        keep(place, new Known(stamp, digest));
        return digest;
    }

    /**
     * Remembers the digest of a file that somebody else has read.
     *
     * @param file the file
     * @param stamp how it stood before it was read, and still stood afterwards
     * @param digest its digest
     */
    public void remember(Path file, FileStamp stamp, Sha256 digest) {
        keep(place(file), new Known(stamp, digest));
    }

    /**
     * Remembers a known file under the name that it has now. Moving a file, or giving it a second name, changes its inode, so that it would
     * be read again without this.
     *
     * @param from its name before
     * @param to its name now; nothing happens where it is another file or has other content than the known one
     * @throws IOException if there is no file of that name
     */
    public void moved(Path from, Path to) throws IOException {
        Path place = place(to);
        FileStamp stamp = FileStamp.of(place);
        Known before = find(place(from));
        if (before != null && before.stamp().isSameContent(stamp)) {
            keep(place, new Known(stamp, before.digest()));
        }
    }

    private static Path place(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private @Nullable Known find(Path place) {
        synchronized (known) {
            return known.get(place);
        }
    }

    private void keep(Path place, Known it) {
        synchronized (known) {
            known.put(place, it);
            if (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        }
    }
}
