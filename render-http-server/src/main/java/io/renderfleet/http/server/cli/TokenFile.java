package io.renderfleet.http.server.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where tokens come from: a file with one a line, comments behind {@code #}, and the environment. */
public final class TokenFile {
    private TokenFile() {}

    /**
     * Gathers tokens.
     *
     * @param flag the flag that names the file, for the message
     * @param file the file, or null
     * @param environment a token from an environment variable, or null
     * @return the tokens, that of the environment first; none where there is neither file nor variable
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is no file, or holds no token
     */
    public static List<String> tokens(String flag, @Nullable Path file, @Nullable String environment)
            throws IOException {
        List<String> tokens = new ArrayList<>();
        if (environment != null && !environment.isBlank()) {
            tokens.add(environment.strip());
        }
        if (file != null) {
            tokens.addAll(read(flag, file));
        }
        return tokens;
    }

    private static List<String> read(String flag, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(flag + " " + file + " is no file");
        }
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(flag + " " + file + " cannot be read by this program's user");
        }
        List<String> tokens = lines(flag, file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException(flag + " " + file + " holds no token");
        }
        return tokens;
    }

    private static List<String> lines(String flag, Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException binary) {
            throw new IllegalArgumentException(flag + " " + file + " is no text", binary);
        }
    }
}
