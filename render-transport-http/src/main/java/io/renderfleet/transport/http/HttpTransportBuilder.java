package io.renderfleet.transport.http;

import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.tls.WatchedTls;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Sets an {@link HttpTransport} up. Not thread-safe.
 *
 * <p>Often set: {@link #token(String)}, {@link #tls(TlsFiles)}. Now and then: {@link #callTimeout(Duration)} for slow lines, {@link
 * #client(HttpClient)} for a proxy. Left out on purpose: retries (the engine alone decides about those), the pool of connections (Jetty's client has its
 * own), and HTTP/2 (nothing here would gain by it).
 */
public final class HttpTransportBuilder {
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,4096}");
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    private NodeTokens tokens = node -> Optional.empty();
    private NodeAddresses addresses = (host, port) -> List.of();
    private Duration connectTimeout = HttpTransport.CONNECT_TIMEOUT;
    private Duration callTimeout = Duration.ofSeconds(30);
    private Duration stallTimeout = Duration.ofSeconds(30);
    private int maxListBytes = 16 * 1024 * 1024;
    private @Nullable FetchRate fetchRate;
    private InstantSource clock = InstantSource.system();
    private @Nullable HttpClient client;
    private @Nullable WatchedTls tls;
    private boolean tlsGiven;
    private boolean insecureHttp;

    HttpTransportBuilder() {}

    /**
     * Sets one bearer token for all nodes; default none.
     *
     * @param token visible ASCII characters; never logged
     * @return this builder
     * @throws IllegalArgumentException if it is empty, too long or has other characters
     */
    public HttpTransportBuilder token(String token) {
        if (!TOKEN.matcher(token).matches()) {
            throw new IllegalArgumentException("a token has 1 to 4096 visible ASCII characters, this one has "
                    + token.length() + " characters, of which some are others");
        }
        return tokens(node -> Optional.of(token));
    }

    /**
     * Sets where the bearer token of each node comes from; default nowhere. A token is sent to the address of its node only.
     *
     * @param perNode gives the token of a node
     * @return this builder
     */
    public HttpTransportBuilder tokens(NodeTokens perNode) {
        this.tokens = perNode;
        return this;
    }

    /**
     * Sets whom to trust over TLS, and which certificate to show to nodes that ask for one. Only TLS 1.3 and 1.2 are spoken, and a node's
     * certificate must name the host of its URL. New connections follow the files when these change.
     *
     * @param files default none: the CAs that Java trusts, and no certificate
     * @return this builder
     * @throws IllegalArgumentException naming the file that cannot be used
     */
    public HttpTransportBuilder tls(TlsFiles files) {
        this.tls = files.equals(TlsFiles.usual()) ? null : WatchedTls.of(files);
        this.tlsGiven = true;
        return this;
    }

    /**
     * Allows tokens to be sent over plain {@code http} to other machines, where everybody on the way can read them: for networks that are
     * private by themselves. By default such a call ends as if the node did not answer, with a cause that says why; {@code localhost} and
     * loopback addresses are always allowed.
     *
     * @return this builder
     */
    public HttpTransportBuilder insecureHttp() {
        this.insecureHttp = true;
        return this;
    }

    /**
     * Sets how long it may take to connect; default 5 seconds. Without effect where {@link #client(HttpClient)} is given.
     *
     * @param timeout 1 millisecond to 1 day
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public HttpTransportBuilder connectTimeout(Duration timeout) {
        this.connectTimeout = require("connectTimeout", timeout);
        return this;
    }

    /**
     * Sets how long a call may take, from its first byte to the last one of its answer; default 30 seconds. A held poll gets the time
     * that it is held on top, a file a second for every 64 KiB.
     *
     * @param timeout 1 millisecond to 1 day
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public HttpTransportBuilder callTimeout(Duration timeout) {
        this.callTimeout = require("callTimeout", timeout);
        return this;
    }

    /**
     * Sets how long a file that is being carried may stand still; default 30 seconds.
     *
     * @param timeout 1 millisecond to 1 day
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public HttpTransportBuilder stallTimeout(Duration timeout) {
        this.stallTimeout = require("stallTimeout", timeout);
        return this;
    }

    /**
     * Sets how fast files are fetched, all transfers of this transport together; default as fast as they come. Those that run at once share it
     * evenly, and a connection that has had its share is not read until the next is due. Each transfer has a second for 64 KiB ({@link
     * #callTimeout}), so let the rate be at least 128 KiB a second for each file that is fetched at once.
     *
     * @param bytesPerSecond 1 MiB to 1 TiB
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public HttpTransportBuilder fetchRate(long bytesPerSecond) {
        if (bytesPerSecond < 1 << 20 || bytesPerSecond > 1L << 40) {
            throw new IllegalArgumentException(
                    "fetchRate is " + bytesPerSecond + " bytes a second: it must be from 1048576 to 1099511627776");
        }
        return fetchRate(new FetchRate(bytesPerSecond, System::nanoTime));
    }

    HttpTransportBuilder fetchRate(FetchRate rate) {
        this.fetchRate = rate;
        return this;
    }

    /**
     * Sets how long a list of frames may be; default 16 MiB. Other answers may have 1 MiB.
     *
     * @param bytes 1,024 to 1 GiB
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public HttpTransportBuilder maxListBytes(int bytes) {
        if (bytes < 1024 || bytes > 1024 * 1024 * 1024) {
            throw new IllegalArgumentException("maxListBytes is " + bytes + ": it must be from 1024 to 1073741824");
        }
        this.maxListBytes = bytes;
        return this;
    }

    /**
     * Sets the client to use, for a proxy, an executor or TLS of one's own; default one that is made for this transport, and stopped with it.
     *
     * @param own a client that is started, follows no redirects, so that no token goes elsewhere, and stays its owner's to stop
     * @return this builder
     * @throws IllegalArgumentException if it follows redirects, or is not started
     */
    public HttpTransportBuilder client(HttpClient own) {
        if (own.isFollowRedirects()) {
            throw new IllegalArgumentException(
                    "the client follows redirects: call setFollowRedirects(false), the transport follows those on the same"
                            + " origin itself");
        }
        if (!own.isStarted()) {
            throw new IllegalArgumentException("the client is not started: call start()");
        }
        this.client = own;
        return this;
    }

    /**
     * Sets to which addresses hosts may be connected; default whatever their names resolve to at the time. Without effect where {@link
     * #client(HttpClient)} is given.
     *
     * @param perHost knows the addresses of a host
     * @return this builder
     */
    public HttpTransportBuilder addresses(NodeAddresses perHost) {
        this.addresses = perHost;
        return this;
    }

    /**
     * Sets the clock to which dates in {@code Retry-After} are compared; default the system's.
     *
     * @param source any clock
     * @return this builder
     */
    public HttpTransportBuilder clock(InstantSource source) {
        this.clock = source;
        return this;
    }

    /**
     * Makes the transport.
     *
     * @return a transport that is ready for use
     * @throws IllegalStateException if both {@link #client} and {@link #tls} are set, since a client has its own TLS
     */
    public HttpTransport build() {
        return new HttpTransport(caller(), callTimeout, maxListBytes, clock, fetchRate);
    }

    /**
     * Makes the way to content that an orchestrator keeps for workers. Of the settings those count that say how a server is called: tokens,
     * TLS and timeouts.
     *
     * @param orchestrator such as {@code https://farm.example:4000}
     * @param limit bytes of one file at most
     * @return what is ready for use, and is to be closed
     * @throws IllegalArgumentException if HTTP cannot reach that address
     * @throws IllegalStateException if both {@link #client} and {@link #tls} are set, since a client has its own TLS
     */
    public HttpContent content(URI orchestrator, long limit) {
        Address address = Address.of(orchestrator);
        return new HttpContent(caller(), address, callTimeout, limit);
    }

    private Caller caller() {
        if (client != null && tlsGiven) {
            throw new IllegalStateException("client and tls are both set: a client brings its own TLS");
        }
        HttpClient given = client;
        HttpClient used = given != null ? given : NodeClient.start(connectTimeout, tls, addresses);
        Runnable onClose = given != null ? () -> {} : () -> LifeCycle.stop(used);
        return new Caller(used, onClose, tokens, insecureHttp, stallTimeout);
    }

    private static Duration require(String name, Duration timeout) {
        if (timeout.toMillis() < 1 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(name + " is " + timeout + ": it must be from 1 millisecond to 1 day");
        }
        return timeout;
    }
}
