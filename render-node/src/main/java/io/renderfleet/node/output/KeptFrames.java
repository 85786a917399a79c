package io.renderfleet.node.output;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.node.journal.Manifest;
import io.renderfleet.node.verify.OutputVerifier;
import io.renderfleet.node.verify.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Finds frames that need not be rendered: of the same scene and settings by the manifest, whole, and with the digest that stands
 * there. That a file is there proves nothing.
 */
public final class KeptFrames {
    private KeptFrames() {}

    /**
     * Looks through a folder.
     *
     * @param folder where published frames lie, with their manifest
     * @param frames which frames are wanted
     * @param pattern how their files are called
     * @param picture of which scene and settings they must be
     * @param verifier looks at their files
     * @param goOn asked before each frame; once it says no, the frames that were found so far are all
     * @return those that can be kept, in the order in which they are wanted
     * @throws IOException if the manifest cannot be read
     */
    public static List<FrameOutput> find(
            Path folder,
            FrameSet frames,
            OutputPattern pattern,
            Manifest.Picture picture,
            OutputVerifier verifier,
            BooleanSupplier goOn)
            throws IOException {
        Map<Integer, List<OutputFile>> known = new HashMap<>();
        for (Manifest.Entry entry : new Manifest(folder).read().values()) {
            if (entry.picture().equals(picture)) {
                known.computeIfAbsent(entry.frame(), frame -> new ArrayList<>()).add(entry.file());
            }
        }
        List<FrameOutput> kept = new ArrayList<>();
        for (int frame : frames) {
            if (!goOn.getAsBoolean()) {
                break;
            }
            List<OutputFile> files = known.getOrDefault(frame, List.of());
            if (isWhole(files, pattern.path(frame) + ".") && areAsWritten(folder, files, verifier)) {
                kept.add(new FrameOutput(frame, files, Duration.ZERO));
            }
        }
        return kept;
    }

    private static boolean isWhole(List<OutputFile> files, String stem) {
        List<OutputFile> main = files.stream().filter(OutputFile::main).toList();
        return main.size() == 1 && main.get(0).name().startsWith(stem);
    }

    private static boolean areAsWritten(Path folder, List<OutputFile> files, OutputVerifier verifier) {
        return files.stream()
                .allMatch(file -> verifier.verify(folder, folder.resolve(file.name()))
                        .equals(new Verification.Whole(file.bytes(), file.sha256())));
    }
}
