package io.renderfleet.webhook;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Who is told, and the secret by which it knows that it was this farm. Immutable. */
public final class WebhookTarget {
    private static final int SHORTEST_SECRET = 16;

    private final URI url;
    private final byte[] secret;

    private WebhookTarget(URI url, byte[] secret) {
        this.url = url;
        this.secret = secret;
    }

    /**
     * Names a target.
     *
     * @param url {@code https}, or {@code http} where the network is private, without a user in it
     * @param secret at least 16 characters, known to both sides and shown nowhere
     * @return the target
     * @throws IllegalArgumentException if one of them is otherwise, without the secret
     */
    public static WebhookTarget of(URI url, String secret) {
        boolean web = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
        if (!web || url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "a webhook's URL must be like https://studio.example/render-events, without"
                            + " a user and without a fragment");
        }
        if (secret.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException("the secret of a webhook has " + secret.length()
                    + " characters: it must have at least " + SHORTEST_SECRET);
        }
        return new WebhookTarget(url, secret.getBytes(StandardCharsets.UTF_8));
    }

    URI url() {
        return url;
    }

    WebhookSignature signature() {
        return new WebhookSignature(secret);
    }

    /** Returns where it is; a query, in which secrets of others may be, is left out. */
    @Override
    public String toString() {
        return url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
    }
}
