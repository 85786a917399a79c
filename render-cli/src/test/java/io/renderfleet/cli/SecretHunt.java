package io.renderfleet.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/** Looks for secrets where none should be: in texts, in files, and in what the kernel shows of processes. Thread-safe once all secrets are known. */
final class SecretHunt {
    private static final int SHORTEST = 16;

    private final Map<String, String> patterns = new LinkedHashMap<>();
    private final Set<String> finds = new ConcurrentSkipListSet<>();
    private final Set<String> programs = new ConcurrentSkipListSet<>();

    /** Adds a secret, as it is and as Base64 and hexadecimal digits make it look. */
    void add(String name, String secret) {
        if (secret.length() < SHORTEST) {
            throw new IllegalArgumentException(name + " is too short to be looked for");
        }
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        StringBuilder hexadecimal = new StringBuilder();
        for (byte one : bytes) {
            hexadecimal.append(String.format("%02x", one));
        }
        patterns.put(secret, name);
        patterns.put(hexadecimal.toString(), name + " in hexadecimal digits");
        // What stands before a secret moves its digits by one or two bytes; the first and the last ones depend on
        // neighbours.
        for (int before = 0; before < 3; before++) {
            byte[] moved = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, moved, before, bytes.length);
            String digits = Base64.getEncoder().withoutPadding().encodeToString(moved);
            patterns.put(digits.substring(before == 0 ? 0 : 4, digits.length() - 2), name + " in Base64");
        }
    }

    /** Adds each line of a private key. */
    void addKey(String name, String pem) {
        pem.lines()
                .filter(line -> !line.startsWith("-----") && line.length() >= SHORTEST)
                .forEach(line -> patterns.put(line, "a line of " + name));
    }

    void in(String place, String text) {
        patterns.forEach((pattern, name) -> {
            if (text.contains(pattern)) {
                finds.add(name + " in " + place);
            }
        });
    }

    /** Looks into all files below a folder, but those that are meant to hold secrets. */
    void inFiles(Path folder, Set<Path> meant) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> !meant.contains(file))
                    .toList();
        }
        for (Path file : files) {
            in("the name of " + file, file.toString());
            in(folder.relativize(file).toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
    }

    /** Looks at the command lines of a process and of all that it has started, and at the environments of the latter. */
    void inProcesses(ProcessHandle server) {
        look(server, "cmdline");
        server.descendants().forEach(child -> {
            programs.add(look(child, "cmdline").replaceFirst("\0.*", ""));
            lookAtEnvironment(server, child);
        });
    }

    /**
     * Looks at the environment of a program that a server has started. While the JVM starts one, there is for a moment a process that is still
     * the JVM itself or its helper, which gets the program's environment only with the program.
     */
    private void lookAtEnvironment(ProcessHandle server, ProcessHandle child) {
        try {
            String before = image(child);
            String text = Files.readString(
                    Path.of("/proc", Long.toString(child.pid()), "environ"), StandardCharsets.ISO_8859_1);
            boolean starts = before.equals(image(server)) || before.contains("jspawnhelper");
            if (!starts && before.equals(image(child))) {
                in("/proc/*/environ of " + before.replaceFirst("\0.*", ""), text);
            }
        } catch (IOException gone) {
            // Then there is nothing to be found any more.
        }
    }

    /** What a process runs: its file and its command line. */
    private static String image(ProcessHandle process) throws IOException {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        return Files.readSymbolicLink(proc.resolve("exe")) + "\0"
                + Files.readString(proc.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    }

    private String look(ProcessHandle process, String file) {
        try {
            String text =
                    Files.readString(Path.of("/proc", Long.toString(process.pid()), file), StandardCharsets.ISO_8859_1);
            in("/proc/*/" + file + " of " + text.replaceFirst("\0.*", ""), text);
            return text;
        } catch (IOException gone) {
            return "";
        }
    }

    /** What was found, and where. */
    List<String> finds() {
        return new ArrayList<>(finds);
    }

    /** The programs that servers had started. */
    Set<String> programs() {
        return new TreeSet<>(programs);
    }
}
