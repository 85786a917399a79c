package io.renderfleet.node.server.frames;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares what came from the farm with what a bare Blender wrote, by decoded pixels. Files that compositor nodes write may bear other
 * names; each must be the same picture as one of the bare Blender's of that frame, and none may be left over.
 */
final class Comparison {
    private static final int SHOWN = 3;

    private final Workshop workshop;
    private final Map<Path, Map<String, String>> bareDigests = new HashMap<>();

    Comparison(Workshop workshop) {
        this.workshop = workshop;
    }

    /** What differs, in words; empty where nothing does. */
    String differences(Row row, RenderResult result, Map<Integer, List<Path>> bare, Tally tally) throws IOException {
        List<String> found = new ArrayList<>();
        for (FrameOutput frame : result.frames()) {
            tally.frames++;
            List<Path> theirs = new ArrayList<>(bare.getOrDefault(frame.frame(), List.of()));
            List<OutputFile> files = new ArrayList<>(frame.files());
            files.sort(Comparator.comparing(file -> !file.main()));
            for (OutputFile file : files) {
                tally.comparisons++;
                Path ours = result.folder().resolve(file.name());
                Optional<Path> same = same(ours, theirs);
                if (same.isPresent()) {
                    theirs.remove(same.get());
                } else {
                    found.add("frame " + frame.frame() + ": " + file.name()
                            + (theirs.isEmpty()
                                    ? ": a bare Blender writes no such picture"
                                    : " is not " + theirs.get(0).getFileName() + ": "
                                            + workshop.difference(ours, theirs.get(0))));
                }
            }
            if (files.size() < bare.getOrDefault(frame.frame(), List.of()).size()) {
                found.add("frame " + frame.frame() + ": not there: " + theirs);
            }
        }
        if (result.frames().size() != row.frames().size()) {
            found.add(result.frames().size() + " of " + row.frames().size() + " frames came");
        }
        int more = found.size() - SHOWN;
        return String.join("; ", found.subList(0, Math.min(SHOWN, found.size())))
                + (more > 0 ? "; and " + more + " more" : "");
    }

    private Optional<Path> same(Path ours, List<Path> theirs) throws IOException {
        Map<String, String> pixels = workshop.digests(ours);
        for (Path each : theirs) {
            if (bareDigests(each).equals(pixels)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private Map<String, String> bareDigests(Path picture) throws IOException {
        Map<String, String> known = bareDigests.get(picture);
        if (known == null) {
            known = workshop.digests(picture);
            bareDigests.put(picture, known);
        }
        return known;
    }
}
