package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRange;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Frames and their files as JSON. */
final class FrameCodec {
    /** The longest text that {@link FrameSet#parse} takes. */
    private static final int MAX_TEXT = 65_536;

    private FrameCodec() {}

    /** The text of a frame set; where that is too long to be read back, the ends of its runs. */
    static JsonNode encode(FrameSet frames) {
        String text = frames.toString();
        if (text.length() <= MAX_TEXT) {
            return TextNode.valueOf(text);
        }
        ArrayNode ends = Fields.MAPPER.createArrayNode();
        for (FrameRange run : frames.ranges()) {
            ends.add(run.first()).add(run.last());
        }
        return ends;
    }

    static FrameSet decode(JsonNode json) {
        if (json.isArray()) {
            if (json.size() % 2 != 0) {
                throw new IllegalArgumentException("a run of frames has no end");
            }
            return FrameSet.of(IntStream.range(0, json.size() / 2)
                    .mapToObj(i -> FrameSet.range(
                            json.get(2 * i).intValue(), json.get(2 * i + 1).intValue()))
                    .flatMapToInt(FrameSet::stream)
                    .toArray());
        }
        String text = json.asText();
        return text.isEmpty() ? FrameSet.empty() : FrameSet.parse(text);
    }

    static ArrayNode encodeOutputs(List<FrameOutput> outputs) {
        ArrayNode all = Fields.MAPPER.createArrayNode();
        for (FrameOutput output : outputs) {
            ObjectNode json = all.addObject();
            json.put("frame", output.frame());
            json.put("took", output.renderTime().toString());
            ArrayNode files = json.putArray("files");
            for (OutputFile file : output.files()) {
                ObjectNode one = files.addObject();
                one.put("name", file.name());
                one.put("bytes", file.bytes());
                one.put("sha256", file.sha256().hex());
                if (file.main()) {
                    one.put("main", true);
                }
            }
        }
        return all;
    }

    static List<FrameOutput> decodeOutputs(List<Fields> all) {
        List<FrameOutput> outputs = new ArrayList<>();
        for (Fields json : all) {
            List<OutputFile> files = json.list("files").stream()
                    .map(file -> new OutputFile(
                            file.text("name"),
                            file.number("bytes"),
                            new Sha256(file.text("sha256")),
                            file.flag("main")))
                    .toList();
            outputs.add(new FrameOutput(json.integer("frame"), files, json.duration("took")));
        }
        return outputs;
    }
}
