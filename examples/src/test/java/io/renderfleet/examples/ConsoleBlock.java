package io.renderfleet.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What stands in the {@code console} blocks of a page: lines that are typed, and what comes of them. */
final class ConsoleBlock {
    private static final String PROMPT = "$ ";

    private ConsoleBlock() {}

    /**
     * A line that is typed.
     *
     * @param line without its prompt
     * @param shown what the page says comes of it
     */
    record Step(String line, List<String> shown) {}

    /** All lines of all blocks of a page. */
    static List<Step> steps(Path page) throws IOException {
        List<Step> steps = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("```")) {
                inside = line.equals("```console");
            } else if (inside && line.startsWith(PROMPT)) {
                steps.add(new Step(line.substring(PROMPT.length()), new ArrayList<>()));
            } else if (inside) {
                steps.get(steps.size() - 1).shown().add(line);
            }
        }
        return steps;
    }

    /** A pattern for shown lines: {@code …} alone is any lines, inside a line any text; blanks are as wide as they like. */
    static Pattern pattern(List<String> shown) {
        StringBuilder pattern = new StringBuilder();
        for (String line : shown) {
            if (line.equals("…")) {
                pattern.append("(?:[^\n]*\n)*?");
            } else {
                pattern.append(oneLine(line)).append("\n");
            }
        }
        return Pattern.compile(pattern.toString());
    }

    /** A pattern for one line. */
    static String oneLine(String line) {
        StringBuilder pattern = new StringBuilder();
        String blanks = "";
        for (String word : line.split(" +", -1)) {
            pattern.append(blanks);
            String any = "";
            for (String part : word.split("…", -1)) {
                pattern.append(any).append(Pattern.quote(part));
                any = "[^\n]*?";
            }
            blanks = " +";
        }
        return pattern.append(" *").toString();
    }
}
