package io.renderfleet.http.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Knows callers by {@code Authorization: Bearer …} (RFC 6750).
 *
 * <p>Only hashes of the tokens are kept, and every one of them is compared, in a time that depends neither on which one matches
 * nor on how far. Immutable.
 */
public final class BearerTokens implements Callers {
    private final List<Entry> entries = new ArrayList<>();

    /**
     * Takes the tokens that are valid.
     *
     * @param tokens who is who by token
     * @throws IllegalArgumentException if a token is shorter than 16 characters, or cannot be sent in a header
     */
    public BearerTokens(Map<String, Caller> tokens) {
        tokens.forEach((token, caller) -> {
            if (!token.matches("[\\x21-\\x7e]{16,4096}")) {
                throw new IllegalArgumentException("the token of " + caller.name()
                        + " must have 16 to 4096 visible ASCII characters and no blanks");
            }
            entries.add(new Entry(hash(token), caller));
        });
    }

    @Override
    public Optional<Caller> identify(Call call) {
        return Callers.bearerToken(call).flatMap(this::bearer);
    }

    /**
     * Identifies the bearer of a token.
     *
     * @param token what a caller has sent
     * @return who bears it, or empty where it is not valid
     */
    public Optional<Caller> bearer(String token) {
        byte[] presented = hash(token);
        Optional<Caller> found = Optional.empty();
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.hash, presented)) {
                found = Optional.of(entry.caller);
            }
        }
        return found;
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static final class Entry {
        private final byte[] hash;
        private final Caller caller;

        Entry(byte[] hash, Caller caller) {
            this.hash = hash;
            this.caller = caller;
        }
    }
}
