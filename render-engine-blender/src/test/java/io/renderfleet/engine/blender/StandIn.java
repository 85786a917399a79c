package io.renderfleet.engine.blender;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a Blender that can't be had: speaks the driver's protocol by a script, its first argument, whose steps are divided
 * by {@code |}; one behind {@code bake:} is only for the command to bake.
 */
final class StandIn {
    private final BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final String marker;
    private String verb = "";
    private Map<String, String> command = Map.of();

    private StandIn(String marker) {
        this.marker = marker;
    }

    /** The program, and the arguments that come before Blender's own. */
    static List<String> program(String script) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StandIn.class.getName(),
                script);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String marker = arguments[Arrays.asList(arguments).indexOf("--") + 1];
        StandIn program = new StandIn(marker);
        for (String step : arguments[0].split("\\|", -1)) {
            String[] parts = step.strip().split(":", 2);
            program.act(parts[0], parts.length > 1 ? parts[1] : "");
        }
    }

    private void act(String step, String detail) throws IOException, InterruptedException {
        switch (step) {
            case "await" -> await();
            case "line" -> print(detail);
            case "file" -> file(command.get("name") + ".png", detail);
            case "outside" -> file("../outside.png", detail);
            case "error" ->
                say(
                        "error",
                        Map.of("kind", detail.split(":", 2)[0], "message", detail.split(":", 2)[1], "frame", frame()));
            case "saved" -> say("saved", Map.of("frame", frame(), "seconds", "0.1"));
            case "started" -> say("started", Map.of("frame", frame()));
            case "ready" ->
                say("ready", Map.of("blender", "9.9.9", "engines", "CYCLES", "formats", "PNG:8,16", "denoises", "1"));
            case "loaded" -> say("loaded", Map.of("seconds", "0.1"));
            case "simulated" -> say("loaded", Map.of("seconds", "0.1", "first", "1", "last", "9"));
            case "prepared" -> say("prepared", Map.of("frame", frame(), "steps", "0"));
            case "bake" -> {
                if (verb.equals("bake")) {
                    String[] parts = detail.split(":", 2);
                    act(parts[0], parts.length > 1 ? parts[1] : "");
                }
            }
            case "silence" -> new CountDownLatch(1).await();
            case "exit" -> System.exit(Integer.parseInt(detail));
            default -> throw new IllegalArgumentException(step);
        }
    }

    private void await() throws IOException {
        @Nullable String line = commands.readLine();
        if (line == null || line.startsWith("quit")) {
            System.exit(0);
        } else {
            verb = line.split(" ", 2)[0];
            command = FormText.decode(line.substring(line.indexOf(' ') + 1));
        }
    }

    /** Writes a file of that many bytes, and says so. */
    private void file(String name, String bytes) throws IOException {
        Files.write(Path.of(String.valueOf(command.get("folder")), name), new byte[Integer.parseInt(bytes)]);
        say("file", Map.of("frame", frame(), "name", name));
    }

    private String frame() {
        return command.getOrDefault("frame", "");
    }

    private void say(String verb, Map<String, String> values) {
        print(marker + " " + verb + " " + FormText.encode(values));
    }

    private static void print(String line) {
        System.out.println(line);
    }
}
