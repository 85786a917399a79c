package io.renderfleet.transport.queue;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The broker that an operator has named on a command line, checked.
 *
 * @param kind what speaks to it
 * @param access where it is
 */
public record BrokerAddress(BrokerKind kind, BrokerAccess access) {
    private static final Pattern POOL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final long LARGEST_FILE = 256 * 1024;

    /**
     * Checks what was given.
     *
     * @param flag the flag that has the address, such as {@code --broker}, for messages; beside it are {@code --broker-user} and
     *     {@code --broker-config}
     * @param address the address
     * @param user as whom to sign in, or null
     * @param password from the environment or a file, or null
     * @param config a file of Java properties for the broker's client, of 256 KiB at most, or null
     * @return the address
     * @throws IllegalArgumentException if no module here speaks to such a broker, or something makes no sense, or the address has a password
     *     in it, which everybody on this machine could read; in one sentence
     */
    public static BrokerAddress of(
            String flag, URI address, @Nullable String user, @Nullable String password, @Nullable Path config) {
        String authority = address.getRawAuthority();
        if (authority != null && authority.contains("@")) {
            throw new IllegalArgumentException(
                    flag + " has a user in it: name the user by " + flag + "-user, and give the password by " + flag
                            + "-password-file or in the environment, where others cannot read it");
        }
        List<BrokerKind> kinds = kinds();
        BrokerKind kind = kinds.stream()
                .filter(one -> one.schemes().contains(String.valueOf(address.getScheme())))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(flag + " is '" + address + "': it must be like "
                        + kinds.stream().map(BrokerKind::example).collect(Collectors.joining(" or "))));
        if (user != null && password == null) {
            throw new IllegalArgumentException(flag + "-user is " + user + ": it needs a password, by " + flag
                    + "-password-file or in the environment");
        }
        BrokerAccess access =
                new BrokerAccess(address, user, password, config == null ? Map.of() : read(flag + "-config", config));
        try {
            kind.check(access);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(flag + " is '" + address + "': " + e.getMessage(), e);
        }
        return new BrokerAddress(kind, access);
    }

    private static List<BrokerKind> kinds() {
        Map<String, BrokerKind> byName = new TreeMap<>();
        ServiceLoader.load(BrokerKind.class).forEach(kind -> byName.put(kind.name(), kind));
        return List.copyOf(byName.values());
    }

    private static Map<String, String> read(String flag, Path file) {
        Properties properties = new Properties();
        try {
            byte[] bytes = Files.size(file) > LARGEST_FILE ? null : Files.readAllBytes(file);
            if (bytes == null) {
                throw new IOException("it is larger than " + LARGEST_FILE + " bytes");
            }
            properties.load(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IllegalArgumentException(flag + " is '" + file + "': it cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(flag + " is '" + file + "': it is no file of Java properties", e);
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> properties.getProperty(name, "")));
    }

    /**
     * Checks the name of a pool.
     *
     * @param flag the flag that has it, for messages
     * @param name the name
     * @return the name
     * @throws IllegalArgumentException if it is none, in one sentence
     */
    public static String pool(String flag, String name) {
        if (!POOL.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    flag + " is '" + name + "': a pool is named by 1 to 100 letters, digits, and . _ -");
        }
        return name;
    }

    /**
     * Makes a broker.
     *
     * @param client how the broker is to name the connection, for operators
     * @return a broker that is not started yet
     */
    public Broker open(String client) {
        return kind.open(access, client);
    }

    /** Returns the address, without secrets. */
    @Override
    public String toString() {
        return access.toString();
    }
}
