package io.renderfleet.node.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Fields in one line, separated by tabs; tabs, line ends and {@code %} in them stand as {@code %09} and so on. None is null. */
record Line(List<String> fields) {

    Line {
        fields = List.copyOf(fields);
    }

    static Line of(@Nullable Object... values) {
        return new Line(List.of()).and(values);
    }

    /** Adds fields; one that is missing stays empty. */
    Line and(@Nullable Object... values) {
        List<String> all = new ArrayList<>(fields);
        for (Object value : values) {
            all.add(value == null ? "" : value.toString());
        }
        return new Line(all);
    }

    static Line parse(String text) {
        List<String> fields = new ArrayList<>();
        for (String field : text.split("\t", -1)) {
            fields.add(field.replace("%09", "\t")
                    .replace("%0A", "\n")
                    .replace("%0D", "\r")
                    .replace("%25", "%"));
        }
        return new Line(fields);
    }

    /** Gives the text with a line end. */
    String text() {
        return fields.stream()
                .map(field -> field.replace("%", "%25")
                        .replace("\t", "%09")
                        .replace("\n", "%0A")
                        .replace("\r", "%0D"))
                .collect(Collectors.joining("\t", "", "\n"));
    }

    String kind() {
        return fields.get(0);
    }

    /** Gives a field that must be there. */
    String get(int index) {
        String value = find(index);
        if (value == null) {
            throw new IllegalArgumentException("field " + index + " is missing");
        }
        return value;
    }

    @Nullable String find(int index) {
        return index >= fields.size() || fields.get(index).isEmpty() ? null : fields.get(index);
    }

    List<String> from(int index) {
        return fields.subList(Math.min(index, fields.size()), fields.size());
    }
}
