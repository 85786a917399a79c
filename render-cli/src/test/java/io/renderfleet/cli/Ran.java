package io.renderfleet.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/**
 * What came of a command.
 *
 * @param code its exit code
 * @param out its standard output
 * @param err its standard error
 */
record Ran(int code, String out, String err) {

    static Ran render(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = RenderMain.commandLine(false);
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        int code = line.execute(args);
        return new Ran(code, out.toString(), err.toString());
    }

    List<String> lines() {
        return out.lines().toList();
    }

    String onlyLine() {
        if (lines().size() != 1) {
            throw new AssertionError("not one line: " + this);
        }
        return lines().get(0);
    }
}
