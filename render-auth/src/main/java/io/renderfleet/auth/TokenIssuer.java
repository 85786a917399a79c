package io.renderfleet.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes tokens. As thread-safe as its source of random numbers. */
public final class TokenIssuer {
    private static final String PREFIX = "rf_";
    private static final int SECRET_BYTES = 32;
    private static final int ID_BYTES = 4;
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private final Random random;
    private final InstantSource clock;

    /**
     * Prepares to make tokens.
     *
     * @param random makes what nobody can guess: a {@link java.security.SecureRandom}
     * @param clock says when tokens are made
     */
    public TokenIssuer(Random random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
    }

    /**
     * A token that was just made.
     *
     * @param token what its bearer sends, with 256 random bits; known nowhere else
     * @param entry what is kept of it
     */
    public record Issued(String token, TokenEntry entry) {
        @Override
        public String toString() {
            return "Issued[" + entry + "]";
        }
    }

    /**
     * Makes a token.
     *
     * @param owner whose it is, or null for nobody in particular
     * @param role what its bearer may do
     * @param life for how long it is valid, from one second to ten years; null for ever
     * @return the token and what is to be kept of it
     * @throws IllegalArgumentException if the owner's name breaks the rule of {@link Owner}, a submitter has no owner, or the life is out
     *     of range
     */
    public Issued issue(@Nullable String owner, Role role, @Nullable Duration life) {
        Owner.check(owner, role);
        if (life != null && (life.compareTo(Duration.ofSeconds(1)) < 0 || life.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException("a token's life is " + life + ": it must be from 1 s to 3650 days");
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(SECRET_BYTES));
        String id = "t-" + HexFormat.of().formatHex(bytes(ID_BYTES));
        TokenBearer bearer = new TokenBearer(id, owner, role, life == null ? null : now.plus(life));
        return new Issued(token, new TokenEntry(bearer, role, now, TokenHash.of(token)));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
