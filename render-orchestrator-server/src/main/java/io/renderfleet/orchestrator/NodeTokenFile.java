package io.renderfleet.orchestrator;

import io.renderfleet.core.content.FileStamp;
import io.renderfleet.http.server.cli.TokenFile;
import io.renderfleet.transport.http.NodeTokens;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of nodes that do not register, in a file: {@code TOKEN} alone for all of them, {@code URL TOKEN} for one. It is read again when
 * it changes, so that a token can be replaced while the orchestrator runs; where it cannot be used any more, what was read before counts.
 * Thread-safe.
 */
final class NodeTokenFile implements NodeTokens {
    private static final Logger LOG = LoggerFactory.getLogger(NodeTokenFile.class);
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,4096}");
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Path file;
    private final InstantSource clock;
    private Tokens tokens;
    private @Nullable FileStamp stamp;
    private Instant looked;

    /**
     * What the file says.
     *
     * @param byUrl of single nodes
     * @param all of all others, or null
     */
    private record Tokens(Map<URI, String> byUrl, @Nullable String all) {
        @Override
        public String toString() {
            return "tokens of nodes";
        }
    }

    private NodeTokenFile(Path file, InstantSource clock, Tokens tokens, FileStamp stamp) {
        this.file = file;
        this.clock = clock;
        this.tokens = tokens;
        this.stamp = stamp;
        this.looked = clock.instant();
    }

    /**
     * Reads the file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException naming what is wrong with it, without what it holds
     */
    static NodeTokenFile read(Path file, InstantSource clock) throws IOException {
        Tokens tokens = parse(TokenFile.tokens("--node-token-file", file, null));
        return new NodeTokenFile(file, clock, tokens, FileStamp.of(file));
    }

    private static Tokens parse(List<String> lines) {
        Map<URI, String> byUrl = new HashMap<>();
        String all = null;
        for (String line : lines) {
            String[] words = line.split("\\s+", -1);
            String token = words[words.length - 1];
            if (words.length > 2 || !TOKEN.matcher(token).matches()) {
                throw new IllegalArgumentException("--node-token-file: each line must be TOKEN or URL TOKEN");
            }
            if (words.length == 2) {
                URI url = url(words[0]);
                if (byUrl.put(url, token) != null) {
                    throw new IllegalArgumentException("--node-token-file has two tokens for " + url);
                }
            } else if (all != null) {
                throw new IllegalArgumentException(
                        "--node-token-file has two tokens for all nodes: it may hold one, and lines of URL TOKEN");
            } else {
                all = token;
            }
        }
        return new Tokens(Map.copyOf(byUrl), all);
    }

    private static URI url(String text) {
        try {
            URI url = URI.create(text.replaceFirst("/+$", ""));
            if (url.getHost() != null && url.getScheme() != null) {
                return url;
            }
        } catch (IllegalArgumentException noUrl) {
            // What stands there may be a token.
        }
        throw new IllegalArgumentException("--node-token-file: a line of two words must begin with the URL of a node");
    }

    @Override
    public Optional<String> tokenFor(URI node) {
        Tokens now = current();
        String own = now.byUrl.get(node);
        return Optional.ofNullable(own == null ? now.all : own);
    }

    private synchronized Tokens current() {
        Instant now = clock.instant();
        if (now.isBefore(looked) || !now.isBefore(looked.plus(LOOK))) {
            looked = now;
            look();
        }
        return tokens;
    }

    private void look() {
        try {
            FileStamp found = FileStamp.of(file);
            if (!found.equals(stamp)) {
                stamp = found;
                tokens = parse(TokenFile.tokens("--node-token-file", file, null));
                LOG.info("the tokens of nodes were read again");
            }
        } catch (IOException | IllegalArgumentException wrong) {
            if (stamp != null) {
                LOG.error("the tokens of nodes stay as they were: {}", wrong.getMessage());
            }
            stamp = null;
        }
    }
}
