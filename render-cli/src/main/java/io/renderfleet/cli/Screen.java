package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a command shows what it has: results on standard output, everything about the way there on standard error, so that scripts can
 * take the one and leave the other.
 *
 * @param out results
 * @param err progress and notes
 * @param terminal whether a bar can be drawn
 * @param json whether results are JSON, one object a line
 */
record Screen(PrintWriter out, PrintWriter err, boolean terminal, boolean json) {

    void print(String line) {
        out.println(line);
        out.flush();
    }

    /** A record of the wire, or of this package, as a line. */
    void json(Object body) {
        print(new String(Wire.write(body), StandardCharsets.UTF_8));
    }

    /** Something that people want to know beside the result. */
    void note(String line) {
        if (!json) {
            err.println(line);
            err.flush();
        }
    }

    /** JSON that is made while it is read, as a line. */
    void json(InputStream body) throws IOException {
        new InputStreamReader(body, StandardCharsets.UTF_8).transferTo(out);
        print("");
    }

    /** Rows in columns; the first has the headings. They are gone through twice, so that they need not be kept. */
    void table(Iterable<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).length();
                if (i == widths.size()) {
                    widths.add(width);
                } else if (width > widths.get(i)) {
                    widths.set(i, width);
                }
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i))
                        .append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
