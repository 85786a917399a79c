package io.renderfleet.store.s3;

import io.renderfleet.core.model.Sha256;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How objects are called: {@code content/DIGEST} is content, and {@code used/DIGEST/SECONDS}, an empty object, says when somebody last had use for
 * it. Objects of S3 have no time that could be set.
 *
 * @param prefix what all keys begin with; empty, or ending with a slash
 */
record Keys(String prefix) {
    private static final String CONTENT = "content/";
    private static final String USED = "used/";
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern MARK = Pattern.compile("([0-9a-f]{64})/(\\d{12})");

    /** A use of content, to the second. */
    record Mark(Sha256 digest, Instant lastUse) {}

    String content(Sha256 digest) {
        return prefix + CONTENT + digest;
    }

    /** What all marks of content begin with. */
    String marks(Sha256 digest) {
        return prefix + USED + digest + "/";
    }

    /** Later marks come later in the order of keys, which is that of lists. */
    String mark(Sha256 digest, Instant use) {
        return marks(digest) + String.format("%012d", use.getEpochSecond());
    }

    /** Reads the key of content; empty for another one. */
    Optional<Sha256> content(String key) {
        String start = prefix + CONTENT;
        return key.startsWith(start)
                        && DIGEST.matcher(key.substring(start.length())).matches()
                ? Optional.of(new Sha256(key.substring(start.length())))
                : Optional.empty();
    }

    /** Reads the key of a mark; empty for another one. */
    Optional<Mark> mark(String key) {
        String start = prefix + USED;
        Matcher parts = MARK.matcher(key.startsWith(start) ? key.substring(start.length()) : "");
        return parts.matches()
                ? Optional.of(
                        new Mark(new Sha256(parts.group(1)), Instant.ofEpochSecond(Long.parseLong(parts.group(2)))))
                : Optional.empty();
    }
}
