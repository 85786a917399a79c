package io.renderfleet.http.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Every flag also as an environment variable: {@code --rate-limit} as {@code RENDER_NODE_RATE_LIMIT}. What the command line says wins. A
 * flag that may be repeated is in the plural and holds its values between commas, or one a line where a value has commas itself.
 *
 * A variable with the prefix that nobody knows is most likely a mistyped one, and is refused.
 *
 * @param prefix such as {@code RENDER_NODE_}
 * @param variables all variables that there are
 * @param others names without the prefix of variables that are no flags
 */
record Environment(String prefix, Map<String, String> variables, Set<String> others) {

    /**
     * Adds flags for variables that are set.
     *
     * @param commandLine knows the flags
     * @param args the command line
     * @return the same and more
     * @throws ParameterException if the command line cannot be read, a variable with the prefix is unknown, or one of a switch is neither
     *     true nor false
     */
    String[] complete(CommandLine commandLine, String[] args) {
        refuseUnknown(commandLine);
        ParseResult given = commandLine.parseArgs(args);
        List<String> all = new ArrayList<>();
        for (OptionSpec option : commandLine.getCommandSpec().options()) {
            String value = variables.get(name(option));
            if (value == null || value.isBlank() || option.usageHelp() || option.versionHelp()) {
                continue;
            }
            if (!given.hasMatchedOption(option)) {
                all.addAll(flags(commandLine, option, value));
            }
        }
        all.addAll(List.of(args));
        return all.toArray(String[]::new);
    }

    private void refuseUnknown(CommandLine commandLine) {
        Set<String> known = new TreeSet<>();
        commandLine.getCommandSpec().options().forEach(option -> known.add(name(option)));
        others.forEach(name -> known.add(prefix + name));
        variables.keySet().stream()
                .filter(name -> name.startsWith(prefix) && !known.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(unknown -> {
                    throw new ParameterException(
                            commandLine,
                            "the variable " + unknown + " is unknown: flags as variables are "
                                    + String.join(", ", known));
                });
    }

    /** The variable of a flag. */
    String name(OptionSpec option) {
        String flag = option.longestName().replaceFirst("^-+", "");
        String plural = option.isMultiValue() && !flag.equals("command") ? "S" : "";
        return prefix + flag.toUpperCase(Locale.ROOT).replace('-', '_') + plural;
    }

    private List<String> flags(CommandLine commandLine, OptionSpec option, String value) {
        String flag = option.longestName();
        if (option.isMultiValue()) {
            String separator = value.contains("\n") ? "\\R" : ",";
            return Stream.of(value.split(separator, -1))
                    .map(String::strip)
                    .filter(one -> !one.isEmpty())
                    .flatMap(one -> Stream.of(flag + "=" + one))
                    .toList();
        }
        if (option.arity().max() == 0) {
            return switch (value.strip().toLowerCase(Locale.ROOT)) {
                case "true" -> List.of(flag);
                case "false" -> List.of();
                default ->
                    throw new ParameterException(
                            commandLine, name(option) + " is '" + value + "': it must be true or false");
            };
        }
        return List.of(flag + "=" + value.strip());
    }
}
