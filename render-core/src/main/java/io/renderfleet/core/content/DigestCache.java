package io.renderfleet.core.content;

import io.renderfleet.core.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The digests of files, each computed once as long as the file's length and time stay as they are: a scene of gigabytes is not read
 * again for each job. Knows the last 1,000 files. Thread-safe.
 */
public final class DigestCache {
    private static final int MOST = 1_000;

    private final Map<Path, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    private record Known(long bytes, FileTime changed, Sha256 digest) {}

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
        Path place = file.toAbsolutePath().normalize();
        long bytes = Files.size(place);
        FileTime changed = Files.getLastModifiedTime(place);
        Known before;
        synchronized (known) {
            before = known.get(place);
        }
        if (before != null && before.bytes() == bytes && before.changed().equals(changed)) {
            return before.digest();
        }
        Sha256 digest = Sha256.of(place);
        synchronized (known) {
            known.put(place, new Known(bytes, changed, digest));
            if (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        }
        return digest;
    }
}
