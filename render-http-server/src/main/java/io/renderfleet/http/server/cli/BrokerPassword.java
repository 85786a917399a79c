package io.renderfleet.http.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The password for a message broker. */
public final class BrokerPassword {
    private BrokerPassword() {}

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
    public static @Nullable String read(String flag, @Nullable Path file, @Nullable String environment)
            throws IOException {
        List<String> all = TokenFile.tokens(flag + "-password-file", file, environment);
        return all.isEmpty() ? null : all.get(0);
    }
}
