package io.renderfleet.http.server;

import io.renderfleet.transport.http.tls.TlsFiles;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens, and whether over TLS. Immutable.
 *
 * @param host an address or a name of this machine, or {@code 0.0.0.0} for all of its addresses
 * @param port 1 to 65535, or 0 for a free one
 * @param tls certificate and key of the server, and perhaps the CA whose clients alone are let in; null for plain HTTP
 * @param insecureHttp whether tokens may cross a network in clear text, since somebody else protects it
 */
public record Binding(String host, int port, @Nullable TlsFiles tls, boolean insecureHttp) {

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the port is out of range, or TLS lacks a certificate
     */
    public Binding {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ": it must be from 0 to 65535");
        }
        if (tls != null && tls.certificate() == null) {
            throw new IllegalArgumentException(
                    "a server needs a certificate and its key for TLS (--tls-cert and --tls-key): there is only a CA");
        }
    }

    /**
     * Names an address for plain HTTP.
     *
     * @param host as above
     * @param port as above
     * @return an address at which tokens are refused unless it is a loopback one
     */
    public static Binding plain(String host, int port) {
        return new Binding(host, port, null, false);
    }

    /**
     * Refuses tokens that others could read on their way: those of a server without TLS on an address that others can reach.
     *
     * @throws IllegalArgumentException in one sentence that names the ways out
     */
    public void requireTokensAreSafe() {
        if (tls == null && !insecureHttp && !HostCheck.isLoopback(host)) {
            throw new IllegalArgumentException("host is '" + host
                    + "', which others can reach, and tokens would get there in clear text: set a certificate"
                    + " (--tls-cert, --tls-key), or allow it (--insecure-http) where a proxy speaks TLS or the network is"
                    + " private");
        }
    }
}
