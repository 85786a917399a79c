package io.renderfleet.auth;

import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file keeps of a token: everything but the token. Immutable.
 *
 * <p>As a line it has six words: id, owner, role, creation, expiry and SHA-256, with {@code -} for no owner and {@code never} for no expiry.
 */
public final class TokenEntry {
    private static final Pattern ID = Pattern.compile("t-[0-9a-f]{8,32}");
    private static final String NOBODY = "-";
    private static final String NEVER = "never";
    private static final int WORDS = 6;

    private final String id;
    private final @Nullable String owner;
    private final Role role;
    private final Instant created;
    private final @Nullable Instant expires;
    private final TokenHash hash;

    TokenEntry(TokenBearer bearer, Role role, Instant created, TokenHash hash) {
        this.id = bearer.credential();
        this.owner = bearer.owner();
        this.role = role;
        this.created = created;
        this.expires = bearer.expires();
        this.hash = hash;
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("the id is '" + id + "': it must be t- and 8 to 32 hexadecimal digits");
        }
        Owner.check(owner, role);
    }

    static TokenEntry parse(String line) {
        String[] words = line.split("\\s+", -1);
        if (words.length != WORDS) {
            throw new IllegalArgumentException(
                    "the line has " + words.length + " words: it must be ID OWNER ROLE CREATED EXPIRES SHA256");
        }
        Role role = Role.of(words[2])
                .orElseThrow(() -> new IllegalArgumentException(
                        "the role is '" + words[2] + "': it must be one of " + Role.names()));
        String owner = words[1].equals(NOBODY) ? null : words[1];
        Owner.check(owner, role);
        Instant expires = words[4].equals(NEVER) ? null : time("expiry", words[4]);
        return new TokenEntry(
                new TokenBearer(words[0], owner, role, expires),
                role,
                time("creation", words[3]),
                TokenHash.parse(words[5]));
    }

    private static Instant time(String what, String text) {
        try {
            return Instant.parse(text);
        } catch (RuntimeException wrong) {
            throw new IllegalArgumentException(
                    "the " + what + " is '" + text + "': it must be a time such as 2027-01-31T12:00:00Z", wrong);
        }
    }

    String line() {
        return String.join(
                " ",
                id,
                owner == null ? NOBODY : owner,
                role.wireName(),
                created.toString(),
                expires == null ? NEVER : expires.toString(),
                hash.hex());
    }

    boolean is(TokenHash presented) {
        return hash.equals(presented);
    }

    TokenBearer bearer() {
        return new TokenBearer(id, owner, role, expires);
    }

    /**
     * Gives the name by which the token is listed, logged and revoked.
     *
     * @return such as {@code t-5f0c1a2b}
     */
    public String id() {
        return id;
    }

    /**
     * Gives who it belongs to.
     *
     * @return a name, or null for nobody in particular
     */
    public @Nullable String owner() {
        return owner;
    }

    /**
     * Gives what its bearer may do.
     *
     * @return the role
     */
    public Role role() {
        return role;
    }

    /**
     * Gives when it was made.
     *
     * @return the time
     */
    public Instant created() {
        return created;
    }

    /**
     * Gives from when on it is not valid any more.
     *
     * @return the time, or null for never
     */
    public @Nullable Instant expires() {
        return expires;
    }

    /**
     * Says whether it is past its expiry.
     *
     * @param now the time to compare with
     * @return whether it has expired
     */
    public boolean hasExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    @Override
    public String toString() {
        return "TokenEntry[" + id + ", " + owner + ", " + role.wireName() + "]";
    }
}
