package io.renderfleet.node.engine;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.RenderTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command line with placeholders such as {@code {frame}} or {@code {width:640}}, the latter with a value for requests that set
 * none. Each argument stays one argument, whatever is filled in.
 */
final class CommandTemplate {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z]+)(?::([^{}]*))?}");

    /** Where the values come from. */
    private static final Map<String, Function<Frame, @Nullable Object>> VALUES = Map.ofEntries(
            Map.entry("frame", Frame::number),
            Map.entry("output", Frame::output),
            Map.entry("folder", frame -> frame.task().outputFolder()),
            Map.entry("work", frame -> frame.task().workFolder()),
            Map.entry("scene", frame -> frame.task().scene()),
            Map.entry("engine", frame -> frame.settings().engine()),
            Map.entry("samples", frame -> frame.settings().samples()),
            Map.entry("width", frame -> frame.settings().width()),
            Map.entry("height", frame -> frame.settings().height()),
            Map.entry("percentage", frame -> frame.settings().percentage()),
            Map.entry("format", frame -> frame.settings().format()),
            Map.entry("depth", frame -> frame.settings().depth()),
            Map.entry("sceneName", frame -> frame.settings().sceneName()),
            Map.entry("viewLayer", frame -> frame.settings().viewLayer()),
            Map.entry("camera", frame -> frame.settings().camera()),
            Map.entry("threads", frame -> frame.settings().threads()),
            Map.entry("device", frame -> frame.settings().device()),
            Map.entry("seed", frame -> frame.settings().seed()));

    private final List<String> arguments;

    /**
     * What is filled in.
     *
     * @param task of which task
     * @param number the frame
     * @param output the file to write
     */
    record Frame(RenderTask task, int number, Path output) {
        RenderSettings settings() {
            return task.settings();
        }
    }

    private CommandTemplate(List<String> arguments) {
        this.arguments = arguments;
    }

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException naming the argument that is wrong
     */
    static CommandTemplate of(List<String> arguments) {
        if (arguments.isEmpty() || arguments.get(0).isBlank()) {
            throw new IllegalArgumentException("the command is empty: its first argument is the program");
        }
        if (PLACEHOLDER.matcher(arguments.get(0)).find()) {
            throw new IllegalArgumentException("the program '" + arguments.get(0) + "' must not be a placeholder");
        }
        for (String argument : arguments) {
            for (MatchResult found : PLACEHOLDER.matcher(argument).results().toList()) {
                if (!VALUES.containsKey(found.group(1))) {
                    throw new IllegalArgumentException("the command's argument '" + argument + "' has an unknown {"
                            + found.group(1) + "}: there are "
                            + String.join(
                                    ", ", VALUES.keySet().stream().sorted().toList()));
                }
            }
        }
        if (arguments.stream().noneMatch(argument -> argument.contains("{output") || argument.contains("{folder"))) {
            throw new IllegalArgumentException(
                    "the command has neither {output} nor {folder}: nothing tells it where to write");
        }
        return new CommandTemplate(List.copyOf(arguments));
    }

    String program() {
        return arguments.get(0);
    }

    /** The files that the node's operator wrote into the command, such as a script. */
    List<Path> files() {
        return arguments.stream()
                .skip(1)
                .filter(argument -> argument.startsWith("/")
                        && !PLACEHOLDER.matcher(argument).find())
                .map(Path::of)
                .toList();
    }

    /** Finds a value that a request must set and does not, or one that would be taken for an option. */
    Optional<Failure> problem(Frame frame) {
        for (String argument : arguments) {
            Matcher matcher = PLACEHOLDER.matcher(argument);
            while (matcher.find()) {
                String name = matcher.group(1);
                Object value = value(frame, name);
                if (value == null && matcher.group(2) == null) {
                    return Optional.of(missing(name));
                }
                if (matcher.start() == 0 && value instanceof String text && text.startsWith("-")) {
                    return Optional.of(Failure.of(
                            FailureKind.UNSUPPORTED_SETTING,
                            "settings." + name
                                    + " begins with '-', which the node's command would take for an option."));
                }
            }
        }
        return Optional.empty();
    }

    private static Failure missing(String name) {
        return name.equals("scene")
                ? Failure.of(
                        FailureKind.SCENE_NOT_HERE,
                        "The request names no scene, and the node has no default one, but its command needs one.")
                : Failure.of(
                        FailureKind.UNSUPPORTED_SETTING,
                        "The node's command needs settings." + name + ", which the request does not set.");
    }

    /** Fills in the values of a frame that has no {@link #problem}. */
    List<String> fill(Frame frame) {
        List<String> filled = new ArrayList<>(arguments.size());
        for (String argument : arguments) {
            filled.add(PLACEHOLDER.matcher(argument).replaceAll(found -> {
                Object value = value(frame, found.group(1));
                return Matcher.quoteReplacement(value != null ? value.toString() : String.valueOf(found.group(2)));
            }));
        }
        return filled;
    }

    private static @Nullable Object value(Frame frame, String name) {
        Function<Frame, @Nullable Object> source = VALUES.get(name);
        return source == null ? null : source.apply(frame);
    }
}
