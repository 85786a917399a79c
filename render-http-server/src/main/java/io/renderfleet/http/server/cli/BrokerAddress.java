package io.renderfleet.http.server.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a message broker is, and as whom to sign in there.
 *
 * @param address such as {@code amqp://rabbit:5672/farm}, without user and password
 * @param user as whom
 * @param password a secret, which is never shown
 */
public record BrokerAddress(URI address, String user, String password) {
    private static final String GUEST = "guest";
    private static final Pattern POOL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /**
     * Checks what was given.
     *
     * @param flag the flag that has the address, for messages
     * @param address the address
     * @param user as whom, or null for guest
     * @param password from the environment or a file, or null for that of guest
     * @return the address
     * @throws IllegalArgumentException if the address is none of RabbitMQ, or has a password in it, which everybody on this machine could
     *     read; in one sentence
     */
    public static BrokerAddress of(String flag, URI address, @Nullable String user, @Nullable String password) {
        boolean amqp = "amqp".equals(address.getScheme()) || "amqps".equals(address.getScheme());
        if (address.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    flag + " has a user in it: name the user by " + flag + "-user, and give the password by " + flag
                            + "-password-file or in the environment, where others cannot read it");
        }
        if (!amqp || address.getHost() == null || address.getQuery() != null || address.getFragment() != null) {
            throw new IllegalArgumentException(
                    flag + " is '" + address + "': it must be like amqp://rabbit:5672/farm or amqps://rabbit/farm");
        }
        if (user != null && password == null) {
            throw new IllegalArgumentException(flag + "-user is " + user + ": it needs a password, by " + flag
                    + "-password-file or in the environment");
        }
        return new BrokerAddress(address, user == null ? GUEST : user, password == null ? GUEST : password);
    }

    /**
     * Reads a password.
     *
     * @param flag the flag that has the broker's address, for messages
     * @param file the file, or null
     * @param environment the password from the environment, or null; it comes first
     * @return the password, or null where there is none
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is no file, or holds nothing
     */
    public static @Nullable String password(String flag, @Nullable Path file, @Nullable String environment)
            throws IOException {
        List<String> all = TokenFile.tokens(flag + "-password-file", file, environment);
        return all.isEmpty() ? null : all.get(0);
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

    @Override
    public String toString() {
        return address.toString();
    }
}
