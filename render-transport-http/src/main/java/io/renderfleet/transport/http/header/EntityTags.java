package io.renderfleet.transport.http.header;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The entity tags of {@code If-None-Match} (RFC 9110, section 13.1.2), compared weakly as that section wants.
 *
 * @param any true for {@code *}
 * @param tags what stands between the quotes
 */
public record EntityTags(boolean any, Set<String> tags) {
    private static final Pattern LIST = Pattern.compile("(?:W/)?\"([\\x21\\x23-\\x7e\\x80-\\xff]*)\"\\s*(?:,\\s*|$)");

    /** Copies the tags. */
    public EntityTags {
        tags = Set.copyOf(tags);
    }

    /**
     * Reads the field.
     *
     * @param value its value, several fields joined by commas; null where it is missing
     * @return the tags; empty where the field is missing or garbled, so that a full answer is given
     */
    public static Optional<EntityTags> parse(@Nullable String value) {
        if (value == null) {
            return Optional.empty();
        }
        String text = value.strip();
        if (text.equals("*")) {
            return Optional.of(new EntityTags(true, Set.of()));
        }
        Set<String> found = new TreeSet<>();
        Matcher matcher = LIST.matcher(text);
        while (matcher.lookingAt()) {
            found.add(matcher.group(1));
            if (matcher.end() == text.length()) {
                return Optional.of(new EntityTags(false, found));
            }
            matcher.region(matcher.end(), text.length());
        }
        return Optional.empty();
    }

    /**
     * Returns whether a state is among those that the client knows.
     *
     * @param opaque what stands between the quotes of the state's tag
     * @return true if there is nothing new
     */
    public boolean match(String opaque) {
        return any || tags.contains(opaque);
    }

    /**
     * Writes a strong tag.
     *
     * @param opaque any text of visible ASCII characters without quotes
     * @return the text in quotes
     */
    public static String strong(String opaque) {
        return '"' + opaque + '"';
    }

    /**
     * Writes a weak tag: states that differ in what does not matter share it.
     *
     * @param opaque any text of visible ASCII characters without quotes
     * @return the text in quotes after {@code W/}
     */
    public static String weak(String opaque) {
        return "W/" + strong(opaque);
    }
}
