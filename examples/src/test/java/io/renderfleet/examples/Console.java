package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Types the lines of a page, as far as pages need it: programs by their jars, in the foreground or behind {@code &}, {@code alias},
 * {@code kill} of what runs in the background, {@code ls} and {@code echo $?}. No shell has a part in it.
 *
 * <p>Ports of the page become free ones, ids of jobs on the page those that the jobs get.
 */
final class Console implements AutoCloseable {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern PORT = Pattern.compile("\\b(?:4000|300\\d)\\b");
    private static final Pattern JOB = Pattern.compile("shot-\\d+-[a-z0-9]+");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path folder;
    private final Map<String, String> words = new LinkedHashMap<>();
    private final Map<String, List<String>> aliases = new LinkedHashMap<>();
    private final List<Process> background = new ArrayList<>();
    private int code;

    /** A console whose working directory is a folder. */
    Console(Path folder) {
        this.folder = folder;
    }

    /** Types a line, and compares what comes with what the page shows. */
    void type(ConsoleBlock.Step step) throws Exception {
        List<String> typed = WORD.matcher(step.line())
                .results()
                .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
                .collect(Collectors.toCollection(ArrayList::new));
        switch (typed.get(0)) {
            case "mvn" -> assertThat(step.shown()).isEmpty();
            case "alias" -> alias(step.line());
            case "kill" -> kill(typed);
            case "echo" -> compare(step, code + "\n");
            case "ls" -> compare(step, listing(folder.resolve(typed.get(1))));
            default -> program(step, typed);
        }
    }

    private void alias(String line) {
        String[] parts = line.substring("alias ".length()).split("=", 2);
        aliases.put(parts[0], List.of(parts[1].replace("'", "").split(" ")));
    }

    private void kill(List<String> typed) {
        String job = typed.get(typed.size() - 1);
        int number = job.equals("$!") ? background.size() : Integer.parseInt(job.substring(1));
        Process process = background.get(number - 1);
        if (typed.contains("-9")) {
            process.destroyForcibly();
        } else {
            process.toHandle().destroy();
        }
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static String listing(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.map(file -> file.getFileName() + "\n").sorted().collect(Collectors.joining());
        }
    }

    private void program(ConsoleBlock.Step step, List<String> typed) throws Exception {
        boolean behind = typed.remove("&");
        List<String> command = new ArrayList<>(aliases.getOrDefault(typed.get(0), List.of(typed.get(0))));
        command.addAll(typed.subList(1, typed.size()));
        command.replaceAll(this::real);
        if (typed.get(0).equals("java") || aliases.containsKey(typed.get(0))) {
            // These programs live for seconds: starting them is what takes the time.
            command.add(1, "-XX:TieredStopAtLevel=1");
        }
        Path output = folder.resolve("output-" + System.nanoTime());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("RENDER_ORCHESTRATOR", real("http://localhost:4000"));
        Process process = builder.start();
        if (behind) {
            background.add(process);
            awaitLine(step, process, output);
        } else {
            boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).as(() -> step.line() + logs()).isTrue();
            code = process.exitValue();
            compare(step, Files.readString(output));
        }
    }

    /** All that was said, for somebody who wants to know why a line does not do what it should. */
    private String logs() {
        try (Stream<Path> files = Files.list(folder)) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(one -> one.toString().contains("output-"))
                    .sorted()
                    .toList()) {
                all.append("\n--- ").append(Files.readString(file));
            }
            return all.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void awaitLine(ConsoleBlock.Step step, Process process, Path output) {
        Pattern line =
                Pattern.compile(ConsoleBlock.oneLine(replaced(step.shown().get(0))) + ".*");
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            String text = Files.readString(output);
            assertThat(process.isAlive()).as(step.line() + "\n" + text).isTrue();
            return text.lines().anyMatch(one -> line.matcher(one).matches());
        });
    }

    /** A word that is typed, as it must be typed here. */
    private String real(String word) {
        if (word.equals("java")) {
            return Path.of(System.getProperty("java.home"), "bin", "java").toString();
        }
        if (word.endsWith("-standalone.jar")) {
            return Path.of("..").resolve(word).toAbsolutePath().normalize().toString();
        }
        return replaced(word);
    }

    private String replaced(String text) {
        String result = PORT.matcher(text).replaceAll(port -> words.computeIfAbsent(port.group(), Console::freePort));
        return JOB.matcher(result).replaceAll(job -> words.getOrDefault(job.group(), job.group()));
    }

    private static String freePort(String instead) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException("no port in place of " + instead, e);
        }
    }

    private void compare(ConsoleBlock.Step step, String output) {
        learnJob(step.shown(), output.lines().toList());
        List<String> expected = step.shown().stream().map(this::replaced).toList();
        assertThat(output).as(() -> step.line() + logs()).matches(ConsoleBlock.pattern(expected));
    }

    /** A job that the page shows for the first time is the one that was just submitted. */
    private void learnJob(List<String> shown, List<String> lines) {
        if (shown.isEmpty() || lines.isEmpty()) {
            return;
        }
        List<String> known =
                JOB.matcher(shown.get(0)).results().map(MatchResult::group).toList();
        if (known.equals(List.of(shown.get(0))) && JOB.matcher(lines.get(0)).matches()) {
            words.putIfAbsent(shown.get(0), lines.get(0));
        }
    }

    @Override
    public void close() {
        background.forEach(process -> process.destroyForcibly().onExit().join());
    }
}
