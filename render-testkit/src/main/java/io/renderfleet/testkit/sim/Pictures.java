package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.Sha256;
import java.util.Locale;

/** Digests of pictures that do not exist: no two renderings of a frame give the same bytes, as with a renderer that writes the time. */
final class Pictures {
    private Pictures() {}

    static Sha256 of(String rendering, int frame) {
        long hash = Randoms.mix(Randoms.mix(frame, rendering), frame);
        StringBuilder hex = new StringBuilder(64);
        for (int i = 0; i < 4; i++) {
            hash = Randoms.mix(hash, i);
            hex.append(String.format(Locale.ROOT, "%016x", hash));
        }
        return new Sha256(hex.toString());
    }
}
