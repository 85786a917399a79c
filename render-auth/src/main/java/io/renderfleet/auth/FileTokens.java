package io.renderfleet.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in who bears a token of a {@link TokenListFile}, and notices changes of the file within a second.
 *
 * <p>Where the file is gone, nobody is let in until it is there again. Where it is wrong or cannot be read, the tokens from before stay
 * valid and an error is logged: a slip of an editor does not stop the farm. Thread-safe.
 */
public final class FileTokens implements TokenVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(FileTokens.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final String OURS = "t-";

    private final TokenListFile file;
    private final InstantSource clock;
    private TokenList list;
    private Stamp stamp;
    private Instant looked;

    /** What changes with the file. */
    private record Stamp(@Nullable Object key, @Nullable Object time, long size) {
        static final Stamp GONE = new Stamp(null, null, -1);
        static final Stamp UNREAD = new Stamp(null, null, -2);
    }

    /**
     * Reads the file.
     *
     * @param file where the tokens are
     * @param clock says when tokens expire and when to look at the file again
     * @throws IOException if the file is not there or cannot be read
     * @throws IllegalArgumentException if it is no file of tokens, in one sentence
     */
    public FileTokens(TokenListFile file, InstantSource clock) throws IOException {
        this.file = file;
        this.clock = clock;
        this.looked = clock.instant();
        this.stamp = stamp();
        this.list = file.read();
    }

    @Override
    public Optional<TokenBearer> verify(String token) {
        return current().valid(token, clock.instant()).map(TokenEntry::bearer);
    }

    @Override
    public boolean isRevoked(String credential) {
        return credential.startsWith(OURS) && current().find(credential).isEmpty();
    }

    private synchronized TokenList current() {
        Instant now = clock.instant();
        if (now.isBefore(looked) || !now.isBefore(looked.plus(LOOK))) {
            looked = now;
            look();
        }
        return list;
    }

    private void look() {
        try {
            Stamp found = stamp();
            if (!found.equals(stamp)) {
                stamp = found;
                list = file.read();
                LOG.info("{} has {} tokens now", file.path(), list.entries().size());
            }
        } catch (NoSuchFileException gone) {
            if (!stamp.equals(Stamp.GONE)) {
                LOG.error("{} is gone: nobody is let in by its tokens", file.path());
            }
            stamp = Stamp.GONE;
            list = TokenList.empty();
        } catch (IllegalArgumentException wrong) {
            LOG.error("the tokens stay as they were: {}", wrong.getMessage());
        } catch (IOException unreadable) {
            LOG.error("the tokens stay as they were, since {} cannot be read: {}", file.path(), unreadable.toString());
            stamp = Stamp.UNREAD;
        }
    }

    private Stamp stamp() throws IOException {
        BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
        return new Stamp(now.fileKey(), now.lastModifiedTime(), now.size());
    }
}
