package io.renderfleet.node.output;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.node.scene.SceneRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The digests of scenes that lie on the node. Each is computed once, as long as its file does not change. Thread-safe. */
public final class SceneDigests {
    private static final Logger log = LoggerFactory.getLogger(SceneDigests.class);
    private static final int MOST = 1_000;

    private final Map<Path, Known> known = new LinkedHashMap<>();

    private record Known(long bytes, FileTime changed, String digest) {}

    /** Knows no scene yet. */
    public SceneDigests() {}

    /**
     * Names a scene by its content.
     *
     * @param scene its file
     * @return {@code sha256:…}, or something that no scene is called where the file cannot be read
     */
    public synchronized String of(Path scene) {
        try {
            long bytes = Files.size(scene);
            FileTime changed = Files.getLastModifiedTime(scene);
            Known before = known.get(scene);
            if (before != null && before.bytes() == bytes && before.changed().equals(changed)) {
                return before.digest();
            }
            String digest = SceneRef.CONTENT_PREFIX + Sha256.of(scene);
            if (known.size() >= MOST) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(scene, new Known(bytes, changed, digest));
            return digest;
        } catch (IOException e) {
            log.warn("The scene {} cannot be read: {}", scene, e.toString());
            return "unreadable at " + System.nanoTime();
        }
    }
}
