package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The store of scenes of a simulated farm: it outlives coordinators, and holds digests in place of files. */
final class SimScenes implements ContentStore {
    private final SimOutputs outputs;
    private final FaultDice dice;
    private final Set<Sha256> kept = new HashSet<>();

    SimScenes(SimOutputs outputs, FaultDice dice) {
        this.outputs = outputs;
        this.dice = dice;
    }

    @Override
    public long limit() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean has(Sha256 digest) {
        return kept.contains(digest);
    }

    @Override
    public PutOutcome put(Sha256 digest, InputStream content) {
        throw new UnsupportedOperationException("nothing of a simulated farm is a stream");
    }

    @Override
    public PutOutcome put(Sha256 digest, Path file) throws IOException {
        if (dice.strikes(Fault.OUTPUT_ERROR)) {
            throw new IOException("no space left on device");
        }
        Sha256 content = outputs.staged(file);
        if (content == null) {
            throw new IOException("nothing is staged at " + file);
        }
        if (!content.equals(digest)) {
            return new PutOutcome.HashDiffers(content);
        }
        return kept.add(digest) ? new PutOutcome.Stored() : new PutOutcome.AlreadyThere();
    }

    @Override
    public Optional<ContentLease> lease(Sha256 digest) {
        return kept.contains(digest)
                ? Optional.of(new ContentLease(Path.of("/sim/scenes", digest.hex()), () -> {}))
                : Optional.empty();
    }

    /** Everything is given up. */
    void clear() {
        kept.clear();
    }

    @Override
    public void close() {}
}
