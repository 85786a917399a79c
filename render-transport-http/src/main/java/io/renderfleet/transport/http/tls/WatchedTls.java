package io.renderfleet.transport.http.tls;

import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS by {@link TlsFiles} that may change while it is in use. Files that cannot be used are logged once, and what was read before stays
 * valid; so certificate and key may be replaced one after the other. It has no thread of its own. Thread-safe.
 *
 * <p>A {@link #client} looks at the files by itself. A server calls {@link #reread()} every few seconds, and
 * takes a new {@link #serverContext()} where that returns true, so that nothing from before, resumed sessions included, is still accepted.
 */
public final class WatchedTls {
    private static final Logger log = LoggerFactory.getLogger(WatchedTls.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final TlsFiles files;
    private final LongSupplier nanoTime;
    private Material now;
    private @Nullable String trouble;
    private long looked;

    private WatchedTls(TlsFiles files, LongSupplier nanoTime) {
        this.files = files;
        this.nanoTime = nanoTime;
        this.now = Material.of(Material.Content.read(files));
        this.looked = nanoTime.getAsLong();
        warnOfExpiry(now);
    }

    /**
     * Reads the files.
     *
     * @param files which
     * @return TLS by what they hold
     * @throws IllegalArgumentException naming the file that is missing, cannot be read, holds nothing that can be used, or does not belong
     *     to the other one
     */
    public static WatchedTls of(TlsFiles files) {
        return new WatchedTls(files, System::nanoTime);
    }

    static WatchedTls of(TlsFiles files, LongSupplier nanoTime) {
        return new WatchedTls(files, nanoTime);
    }

    /**
     * Reads the files again.
     *
     * @return whether they hold something else than before, and that can be used
     */
    public synchronized boolean reread() {
        looked = nanoTime.getAsLong();
        try {
            Material.Content content = Material.Content.read(files);
            if (content.digest().equals(now.digest())) {
                trouble = null;
                return false;
            }
            now = Material.of(content);
            trouble = null;
        } catch (IllegalArgumentException unusable) {
            String why = String.valueOf(unusable.getMessage());
            if (!why.equals(trouble)) {
                log.warn("TLS goes on with the certificate from before: {}", why);
            }
            trouble = why;
            return false;
        }
        log.info("TLS has read its files anew: {}", shown(now));
        warnOfExpiry(now);
        return true;
    }

    /**
     * Gives what a server needs, by the files as they were read last.
     *
     * @return a context that does not follow the files
     */
    public SSLContext serverContext() {
        return current().context();
    }

    /**
     * Gives what a client needs. New connections are made by what the files hold, at most two seconds late.
     *
     * @return a context that follows the files
     */
    SSLContext clientContext() {
        return Material.context(
                files.certificate() == null ? null : new FollowingKeys(this::fresh), new FollowingTrust(this::fresh));
    }

    /**
     * Begins an HTTP client as this project's clients are: HTTP/1.1, TLS 1.3 and 1.2 only, and no redirects, so that no token goes elsewhere.
     *
     * @param tls whom it trusts and what it shows; null for the CAs that Java trusts, and no certificate
     * @return a builder
     */
    public static HttpClient.Builder client(@Nullable WatchedTls tls) {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(PROTOCOLS.clone());
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .sslParameters(parameters);
        return tls == null ? client : client.sslContext(tls.clientContext());
    }

    /**
     * Gives what Jetty's client needs for the same.
     *
     * @param tls whom it trusts and what it shows; null for the CAs that Java trusts, and no certificate
     * @return TLS 1.3 and 1.2 only; a server must have a certificate for the host of its URL
     */
    public static SslContextFactory.Client connector(@Nullable WatchedTls tls) {
        SslContextFactory.Client connector = new SslContextFactory.Client();
        connector.setIncludeProtocols(PROTOCOLS.clone());
        connector.setEndpointIdentificationAlgorithm("HTTPS");
        if (tls != null) {
            connector.setSslContext(tls.clientContext());
        }
        return connector;
    }

    private synchronized Material current() {
        return now;
    }

    /** What the files hold, give or take the interval. */
    synchronized Material fresh() {
        if (nanoTime.getAsLong() - looked > INTERVAL.toNanos()) {
            var unused = reread();
        }
        return now;
    }

    private void warnOfExpiry(Material material) {
        if (material.leaf() != null && material.leaf().getNotAfter().toInstant().isBefore(Instant.now())) {
            log.warn("The certificate {} has expired on {}", files.certificate(), end(material));
        }
    }

    private String shown(Material material) {
        return material.leaf() == null ? "CAs alone" : "the certificate is valid until " + end(material);
    }

    private static @Nullable Instant end(Material material) {
        return material.leaf() == null ? null : material.leaf().getNotAfter().toInstant();
    }
}
