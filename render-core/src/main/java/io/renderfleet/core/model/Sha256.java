package io.renderfleet.core.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A SHA-256 digest (FIPS 180-4).
 *
 * @param hex 64 hexadecimal digits in lower case
 */
public record Sha256(String hex) {
    private static final int DIGITS = 64;
    private static final int BUFFER = 64 * 1024;

    /**
     * Checks the digits; upper case is taken and lowered.
     *
     * @throws IllegalArgumentException if these are not 64 hexadecimal digits
     */
    public Sha256 {
        hex = hex.toLowerCase(Locale.ROOT);
        if (!isDigest(hex)) {
            throw new IllegalArgumentException("a sha256 has 64 hexadecimal digits");
        }
    }

    /** Looked at with every frame, hence no regular expression. */
    private static boolean isDigest(String hex) {
        for (int i = 0; i < hex.length(); i++) {
            char c = hex.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return hex.length() == DIGITS;
    }

    /**
     * Computes the digest of a file's content.
     *
     * @param file a readable file
     * @return its digest
     * @throws IOException if it cannot be read
     */
    public static Sha256 of(Path file) throws IOException {
        MessageDigest digest = newDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return of(digest);
    }

    /**
     * Takes what a digest has gathered.
     *
     * @param digest a digest made by {@link #newDigest()}; it is reset
     * @return its value
     */
    public static Sha256 of(MessageDigest digest) {
        return new Sha256(HexFormat.of().formatHex(digest.digest()));
    }

    /**
     * Makes an empty digest for streams.
     *
     * @return a new SHA-256 digest, not thread-safe
     */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
