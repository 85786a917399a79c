package io.renderfleet.auth;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rule for names of owners. */
public final class Owner {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._~@-]{0,59}");

    private Owner() {}

    /**
     * Says whether a text can be the name of an owner: 1 to 60 letters, digits and any of {@code - _ . ~ @}, the first of them no dot,
     * tilde or at sign.
     *
     * @param name any text
     * @return whether it can
     */
    public static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Refuses names that break the rule, and roles that need an owner and have none.
     *
     * @param owner the name, or null for no owner
     * @param role what the owner may do
     * @throws IllegalArgumentException in one sentence
     */
    public static void check(@Nullable String owner, Role role) {
        if (owner != null && !isValid(owner)) {
            throw new IllegalArgumentException(
                    "the owner is '" + owner + "': it must be 1 to 60 letters, digits and any of - _ . ~ @");
        }
        if (owner == null && role == Role.SUBMITTER) {
            throw new IllegalArgumentException("a submitter needs an owner, since it may change its own jobs only");
        }
    }
}
