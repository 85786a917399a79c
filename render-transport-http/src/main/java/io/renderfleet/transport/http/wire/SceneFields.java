package io.renderfleet.transport.http.wire;

import static io.renderfleet.transport.http.wire.BadRequestException.checked;

import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The rules of the fields {@code scene} and {@code entry}. */
final class SceneFields {
    private SceneFields() {}

    static SceneReference read(@Nullable String scene, @Nullable String entry) throws BadRequestException {
        boolean byContent = scene != null && scene.startsWith(SceneReference.PREFIX);
        if (entry != null && !byContent) {
            throw new BadRequestException(
                    "entry",
                    "entry is '" + BadRequestException.shown(entry)
                            + "' without a scene by content: it names a file in a zip, with \"scene\": \"sha256:…\"");
        }
        if (scene == null) {
            return new SceneReference.Default();
        }
        if (!byContent) {
            return new SceneReference.ByName(
                    checked("scene", () -> new Scene.OnNodes(scene)).name());
        }
        Sha256 digest = checked("scene", () -> new Sha256(scene.substring(SceneReference.PREFIX.length())));
        if (entry != null) {
            // The model checks an entry where it makes a local scene; the file does not matter for that.
            checked("entry", () -> new Scene.Local(Path.of("scene.zip"), entry, digest));
        }
        return new SceneReference.ByContent(digest, entry);
    }
}
