package io.renderfleet.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a token, compared in constant time.
 *
 * <p>Passwords need a slow, salted hash because people choose guessable ones. A token that {@link TokenIssuer} makes has 256 random bits:
 * nobody finds it by trying, however fast the hash is, and no two tokens are the same, so a salt would add nothing. A fast hash keeps the
 * cost of each call small, for callers with wrong tokens too. Immutable.
 */
final class TokenHash {
    private static final HexFormat HEX = HexFormat.of();

    private final byte[] digest;

    private TokenHash(byte[] digest) {
        this.digest = digest;
    }

    static TokenHash of(String token) {
        try {
            return new TokenHash(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** Reads 64 hexadecimal digits. */
    static TokenHash parse(String text) {
        if (!text.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("the hash must be 64 hexadecimal digits in lower case");
        }
        return new TokenHash(HEX.parseHex(text));
    }

    String hex() {
        return HEX.formatHex(digest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash hash && MessageDigest.isEqual(digest, hash.digest);
    }

    @Override
    public int hashCode() {
        return digest[0] << 8 | digest[1];
    }

    @Override
    public String toString() {
        return "TokenHash";
    }
}
