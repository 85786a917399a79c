package io.renderfleet.node;

import java.security.SecureRandom;

/** Makes ids that nobody can guess. Thread-safe. */
final class Ids {
    private static final char[] ALPHABET = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();
    private static final SecureRandom RANDOM = new SecureRandom();

    // Taken from the system in larger pieces, since each request of the generator costs more than the bytes.
    private static final byte[] POOL = new byte[4096];
    private static int left;

    private Ids() {}

    /** Gives the prefix and so many characters of five random bits each. */
    static String next(String prefix, int length) {
        StringBuilder id = new StringBuilder(prefix);
        synchronized (POOL) {
            for (int i = 0; i < length; i++) {
                if (left == 0) {
                    RANDOM.nextBytes(POOL);
                    left = POOL.length;
                }
                id.append(ALPHABET[POOL[--left] & 31]);
            }
        }
        return id.toString();
    }
}
