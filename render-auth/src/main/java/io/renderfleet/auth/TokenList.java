package io.renderfleet.auth;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All tokens that a file has. Immutable.
 *
 * @param entries the oldest first, at most {@value #MOST}, each with an id of its own
 */
public record TokenList(List<TokenEntry> entries) {
    /** A file has at most so many tokens: each call compares its token with all of them. */
    public static final int MOST = 10_000;

    private static final String HEADER = """
            # RenderFleet tokens, version 1: ID OWNER ROLE CREATED EXPIRES SHA256.
            # Change it with 'render tokens'; the orchestrator reads it again when it changes.
            """;

    /**
     * Checks the list.
     *
     * @throws IllegalArgumentException if there are too many, or an id is there twice
     */
    public TokenList {
        entries = List.copyOf(entries);
        if (entries.size() > MOST) {
            throw new IllegalArgumentException("there are " + entries.size() + " tokens: at most " + MOST + " can be");
        }
        if (entries.stream().map(TokenEntry::id).distinct().count() < entries.size()) {
            throw new IllegalArgumentException("an id is there twice: each token must have one of its own");
        }
    }

    /**
     * Makes an empty list.
     *
     * @return a list without tokens
     */
    public static TokenList empty() {
        return new TokenList(List.of());
    }

    /**
     * Reads the text of a file.
     *
     * @param text lines; empty ones and those that begin with {@code #} do not count
     * @return the list
     * @throws IllegalArgumentException naming the line that is wrong
     */
    public static TokenList parse(String text) {
        List<TokenEntry> entries = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    entries.add(TokenEntry.parse(line));
                } catch (IllegalArgumentException wrong) {
                    throw new IllegalArgumentException("line " + number + ": " + wrong.getMessage(), wrong);
                }
            }
        }
        return new TokenList(entries);
    }

    String text() {
        return HEADER + entries.stream().map(entry -> entry.line() + "\n").collect(Collectors.joining());
    }

    /**
     * Adds a token.
     *
     * @param entry what is kept of it
     * @return the longer list
     */
    public TokenList with(TokenEntry entry) {
        return new TokenList(Stream.concat(entries.stream(), Stream.of(entry)).toList());
    }

    /**
     * Takes a token away.
     *
     * @param id of the token
     * @return the list without it; the same where there is none of that id
     */
    public TokenList without(String id) {
        return new TokenList(
                entries.stream().filter(entry -> !entry.id().equals(id)).toList());
    }

    /**
     * Finds a token.
     *
     * @param id of the token
     * @return what is kept of it
     */
    public Optional<TokenEntry> find(String id) {
        return entries.stream().filter(entry -> entry.id().equals(id)).findFirst();
    }

    /** Compares with every token, in a time that does not depend on which one matches. */
    Optional<TokenEntry> valid(String token, Instant now) {
        TokenHash presented = TokenHash.of(token);
        TokenEntry found = null;
        for (TokenEntry entry : entries) {
            if (entry.is(presented)) {
                found = entry;
            }
        }
        return Optional.ofNullable(found).filter(entry -> !entry.hasExpired(now));
    }
}
