package io.renderfleet.core.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What programs that render may do on this machine: shut in by bubblewrap, or as the user that started them.
 *
 * <p>A scene can bring code along, and a program that reads what strangers made can be led to run some. Inside the sandbox it has no
 * network, sees no other process, writes to its own folders alone, and reads the system, what it renders, and {@link #readable()}. It
 * ends when its starter does, with all that it started.
 *
 * <p>Where the sandbox is off the two lists hold all the same, for engines that look at a scene's paths before they render it.
 *
 * <pre>{@code
 * Sandbox sandbox = Sandbox.of(SandboxMode.AUTO).reading(List.of(assets)).hiding(List.of(tokenFile));
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Sandbox {
    private static final Set<String> OF_THE_SESSION = Set.of(
            "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "PWD");

    private final Optional<Bubblewrap> bubblewrap;
    private final String reason;
    private final List<Path> readable;
    private final List<Path> hidden;
    private final SandboxLimits limits;

    private Sandbox(
            Optional<Bubblewrap> bubblewrap,
            String reason,
            List<Path> readable,
            List<Path> hidden,
            SandboxLimits limits) {
        this.bubblewrap = bubblewrap;
        this.reason = reason;
        this.readable = absolute(readable);
        this.hidden = absolute(hidden);
        this.limits = limits;
    }

    /**
     * Programs run as the user that starts them.
     *
     * @param reason why, in a sentence
     * @return the sandbox that is none
     */
    public static Sandbox off(String reason) {
        return new Sandbox(Optional.empty(), reason, List.of(), List.of(), SandboxLimits.DEFAULT);
    }

    /**
     * Finds out whether the sandbox works here, by starting one, unless the mode is {@link SandboxMode#OFF}. Takes some 20 ms.
     *
     * @param mode what is wanted
     * @return the sandbox; see {@link #isOn()}
     * @throws IllegalArgumentException if it is required and does not work, with the reason and what to do
     */
    public static Sandbox of(SandboxMode mode) {
        if (mode == SandboxMode.OFF) {
            return off("It was switched off.");
        }
        Bubblewrap.Probe probe = Bubblewrap.probe();
        if (probe.found().isEmpty() && mode == SandboxMode.REQUIRED) {
            throw new IllegalArgumentException("the sandbox is required, and does not work here: " + probe.reason());
        }
        return new Sandbox(probe.found(), probe.reason(), List.of(), List.of(), SandboxLimits.DEFAULT);
    }

    /**
     * Lets programs read more.
     *
     * @param more files and folders, with all that is in them
     * @return a changed copy
     */
    public Sandbox reading(List<Path> more) {
        return new Sandbox(bubblewrap, reason, joined(readable, more), hidden, limits);
    }

    /**
     * Keeps files and folders from being read, where what holds them may be: of two that lie in one another the inner one counts.
     *
     * @param more files and folders; what is not there when a program starts is not kept from it later
     * @return a changed copy
     */
    public Sandbox hiding(List<Path> more) {
        return new Sandbox(bubblewrap, reason, readable, joined(hidden, more), limits);
    }

    /**
     * Sets what a program may take.
     *
     * @param value by default {@link SandboxLimits#DEFAULT}
     * @return a changed copy
     */
    public Sandbox limitedTo(SandboxLimits value) {
        return new Sandbox(bubblewrap, reason, readable, hidden, value);
    }

    /**
     * Says whether programs are shut in.
     *
     * @return false if they run as the user that starts them
     */
    public boolean isOn() {
        return bubblewrap.isPresent();
    }

    /**
     * Names what shuts programs in.
     *
     * @return {@code bubblewrap} or {@code off}
     */
    public String name() {
        return isOn() ? "bubblewrap" : "off";
    }

    /**
     * Says why it is on or off.
     *
     * @return a sentence
     */
    public String reason() {
        return reason;
    }

    /**
     * Lists what every program may read.
     *
     * @return absolute paths
     */
    public List<Path> readable() {
        return readable;
    }

    /**
     * Lists what is kept from every program.
     *
     * @return absolute paths
     */
    public List<Path> hidden() {
        return hidden;
    }

    /**
     * Puts the sandbox before a command; one that is off changes nothing.
     *
     * @param command program and arguments
     * @param view what it sees; its first writable folder is where it runs
     * @param environment what the program is started with: shared libraries, colour configuration and display that it names can be read
     * @return the longer command, without a shell
     * @throws IOException if the program is not there or cannot be executed, in the words of {@link ProcessBuilder#start()}
     */
    public List<String> command(List<String> command, SandboxView view, Map<String, String> environment)
            throws IOException {
        return bubblewrap.isPresent()
                ? bubblewrap.get().command(command, view.reading(readable), hidden, limits, environment)
                : List.copyOf(command);
    }

    /**
     * Changes the environment of a program that is to run inside: its home is {@code /tmp}, and what names sockets of the user's session
     * is left out. One that is off changes nothing.
     *
     * @param outside names and values
     * @return a changed copy
     */
    public Map<String, String> environment(Map<String, String> outside) {
        if (!isOn()) {
            return Map.copyOf(outside);
        }
        Map<String, String> inside = new HashMap<>(outside);
        String home = outside.get("HOME");
        if (home != null && outside.containsKey("DISPLAY")) {
            inside.putIfAbsent("XAUTHORITY", Path.of(home, ".Xauthority").toString());
        }
        inside.keySet().removeAll(OF_THE_SESSION);
        inside.put("HOME", "/tmp");
        return inside;
    }

    @Override
    public String toString() {
        return name() + ": " + reason;
    }

    private static List<Path> joined(List<Path> some, List<Path> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static List<Path> absolute(List<Path> paths) {
        return paths.stream()
                .map(path -> path.toAbsolutePath().normalize())
                .distinct()
                .toList();
    }
}
