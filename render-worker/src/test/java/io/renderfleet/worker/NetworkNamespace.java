package io.renderfleet.worker;

import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A network for processes that has a cable to this machine, and no way to anywhere else. */
final class NetworkNamespace implements AutoCloseable {
    private final Path ip;
    private final String name;
    private final String subnet;

    private NetworkNamespace(Path ip) {
        int number = ThreadLocalRandom.current().nextInt(64 * 256);
        this.ip = ip;
        this.name = "rf" + number;
        this.subnet = "10." + (192 + number / 256) + "." + number % 256 + ".";
    }

    /** Makes one; where that is not possible the calling test ends here, skipped or failed. */
    static NetworkNamespace make() throws IOException, InterruptedException {
        NetworkNamespace made = new NetworkNamespace(ExternalTool.IP.require());
        try {
            made.run("netns", "add", made.name);
        } catch (IOException e) {
            throw ExternalTool.missing("network namespaces cannot be made here: " + e.getMessage());
        }
        try {
            made.connect();
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    private void connect() throws IOException, InterruptedException {
        run("link", "add", name + "a", "type", "veth", "peer", "name", name + "b", "netns", name);
        run("addr", "add", subnet + "1/30", "dev", name + "a");
        run("link", "set", name + "a", "up");
        run("-n", name, "addr", "add", subnet + "2/30", "dev", name + "b");
        run("-n", name, "link", "set", name + "b", "up");
        run("-n", name, "link", "set", "lo", "up");
    }

    /** This machine, as seen from there. */
    InetAddress here() throws IOException {
        return InetAddress.getByName(subnet + "1");
    }

    /** All ways that lead from there to somewhere, one a line. */
    String routes() throws IOException, InterruptedException {
        return run("-n", name, "route");
    }

    /** How a command begins that runs there. */
    List<String> inside() {
        return List.of(ip.toString(), "netns", "exec", name);
    }

    private String run(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ip.toString()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
        return said.strip();
    }

    @Override
    public void close() throws IOException {
        try {
            run("netns", "del", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
