package io.renderfleet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.tls.HeldCertificate;

/** Servers in processes of their own that speak TLS, with their secrets in files, and all that they say in files beside them. */
final class FailingFarm implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (https://\\S+:\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final HeldCertificate authority =
            new HeldCertificate.Builder().certificateAuthority(0).build();
    private final Map<String, Process> running = new LinkedHashMap<>();

    FailingFarm(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectory(secrets());
        Files.writeString(ca(), authority.certificatePem());
    }

    /** The folder that is meant to hold secrets. */
    Path secrets() {
        return folder.resolve("secrets");
    }

    Path ca() {
        return folder.resolve("ca.pem");
    }

    /** Writes a secret into a file that only its owner can read. */
    Path keep(String name, String secret) throws IOException {
        Path file = secrets().resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, secret);
    }

    /** Makes certificate and key of a server, and gives the key. */
    String identity(String name) throws IOException {
        HeldCertificate held = new HeldCertificate.Builder()
                .commonName(name)
                .addSubjectAlternativeName("localhost")
                .addSubjectAlternativeName("127.0.0.1")
                .signedBy(authority)
                .build();
        Files.writeString(folder.resolve(name + ".crt"), held.certificatePem());
        keep(name + ".key", held.privateKeyPkcs8Pem());
        return held.privateKeyPkcs8Pem();
    }

    /** Starts a server, and gives its URL once it listens. */
    String start(String name, String mainClass, Map<String, String> environment, String... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                mainClass,
                "--port=0",
                "--tls-cert=" + folder.resolve(name + ".crt"),
                "--tls-key=" + secrets().resolve(name + ".key")));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        running.put(name, process);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && !process.waitFor(50, TimeUnit.MILLISECONDS)) {
            Matcher matcher = LISTENING.matcher(Files.readString(log(name)));
            if (matcher.find()) {
                return matcher.group(1);
            }
        }
        throw new IOException(name + " does not listen: " + Files.readString(log(name)));
    }

    /** What a server says. */
    Path log(String name) {
        return folder.resolve(name + ".log");
    }

    List<ProcessHandle> processes() {
        return running.values().stream().map(Process::toHandle).toList();
    }

    ProcessHandle process(String name) {
        Process process = running.get(name);
        if (process == null) {
            throw new IllegalArgumentException(name + " was not started");
        }
        return process.toHandle();
    }

    /** Sends SIGKILL to what a server has started last of all. */
    void killChildOf(String name) {
        process(name).descendants().reduce((first, last) -> last).ifPresent(ProcessHandle::destroyForcibly);
    }

    void kill(String name) {
        process(name).destroyForcibly();
    }

    @Override
    public void close() {
        end();
    }

    /** Sends SIGKILL to all servers, and waits until they are gone. */
    void end() {
        running.values().forEach(process -> process.destroyForcibly().onExit().join());
    }
}
