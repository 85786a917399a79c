package io.renderfleet.store.jdbc;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRange;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import java.io.IOException;
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

    static void write(JsonGenerator json, String field, FrameSet frames) throws IOException {
        json.writeFieldName(field);
        json.writeTree(encode(frames));
    }

    static void write(JsonGenerator json, String field, List<FrameOutput> outputs) throws IOException {
        json.writeArrayFieldStart(field);
        for (FrameOutput output : outputs) {
            json.writeStartObject();
            json.writeNumberField("frame", output.frame());
            json.writeStringField("took", output.renderTime().toString());
            json.writeArrayFieldStart("files");
            for (OutputFile file : output.files()) {
                write(json, file);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, OutputFile file) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", file.name());
        json.writeNumberField("bytes", file.bytes());
        json.writeStringField("sha256", file.sha256().hex());
        if (file.main()) {
            json.writeBooleanField("main", true);
        }
        json.writeEndObject();
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
