package io.renderfleet.node.journal;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A finished frame in one line: frame, time, and for each file name, length, digest and whether it is the main one. */
final class FrameLine {
    static final String KIND = "frame";

    private static final int FIRST_FILE = 3;
    private static final int FIELDS = 4;

    private FrameLine() {}

    static Line of(FrameOutput output) {
        Line line = Line.of(KIND, output.frame(), output.renderTime());
        for (OutputFile file : output.files()) {
            line = line.and(file.name(), file.bytes(), file.sha256(), file.main());
        }
        return line;
    }

    static int frame(Line line) {
        return Integer.parseInt(line.get(1));
    }

    static FrameOutput parse(Line line) {
        List<OutputFile> files = new ArrayList<>();
        for (int at = FIRST_FILE; at + FIELDS <= line.fields().size(); at += FIELDS) {
            files.add(new OutputFile(
                    line.get(at),
                    Long.parseLong(line.get(at + 1)),
                    new Sha256(line.get(at + 2)),
                    Boolean.parseBoolean(line.get(at + 3))));
        }
        return new FrameOutput(frame(line), files, Duration.parse(line.get(2)));
    }
}
