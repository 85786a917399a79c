package io.renderfleet.orchestrator;

import io.renderfleet.auth.Owner;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenBearer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token and what it is good for.
 *
 * @param value what is sent as {@code Authorization: Bearer}
 * @param role what its bearer may do
 * @param name who its bearer is: the owner of jobs that it submits, or the only node id under which it may register; null for nobody in
 *     particular
 */
record AccessToken(String value, Role role, @Nullable String name) {
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]{16,4096}");
    private static final String FORM = "it must be TOKEN, or TOKEN ROLE, or TOKEN ROLE NAME";

    AccessToken {
        if (!VISIBLE.matcher(value).matches()) {
            throw new IllegalArgumentException("a token must have 16 to 4096 visible ASCII characters and no blanks");
        }
        if (name != null && !Owner.isValid(name)) {
            throw new IllegalArgumentException(
                    "NAME is '" + name + "': it must be 1 to 60 letters, digits and any of - _ . ~ @");
        }
        if (role == Role.SUBMITTER && name == null) {
            throw new IllegalArgumentException("a submitter needs a NAME, since it may change its own jobs only");
        }
    }

    /**
     * Reads the lines of a file of tokens.
     *
     * @param source where they come from, for messages; these never show a token
     * @throws IllegalArgumentException naming the line that is wrong, counted without comments and empty lines
     */
    static List<AccessToken> parse(String source, List<String> lines) {
        List<AccessToken> tokens = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split("\\s+");
            try {
                tokens.add(parse(words));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(
                        source + ", token " + (tokens.size() + 1) + ": " + wrong.getMessage(), wrong);
            }
        }
        return tokens;
    }

    private static AccessToken parse(String[] words) {
        if (words.length > 3) {
            throw new IllegalArgumentException("the line has " + words.length + " words: " + FORM);
        }
        Role role = words.length == 1
                ? Role.ADMIN
                : Role.of(words[1])
                        .orElseThrow(() ->
                                new IllegalArgumentException("ROLE is no role: it must be one of " + Role.names()));
        return new AccessToken(words[0], role, words.length == 3 ? words[2] : null);
    }

    /** Who bears it; it is called by its place among all tokens, since it has no id of its own. */
    TokenBearer bearer(int number) {
        return new TokenBearer("token " + number, name, role, null);
    }

    @Override
    public String toString() {
        return "AccessToken[" + role.wireName() + ", " + name + "]";
    }
}
