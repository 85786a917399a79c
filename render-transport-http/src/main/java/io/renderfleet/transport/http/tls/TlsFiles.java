package io.renderfleet.transport.http.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Names the PEM files of one side of a TLS connection: its own certificate with the key, and the certificates of the CAs that it trusts.
 *
 * <pre>{@code
 * TlsFiles.identity(Path.of("node.pem"), Path.of("node.key")).trusting(Path.of("ca.pem"))
 * TlsFiles.trust(Path.of("ca.pem"))                  // a client that needs no certificate of its own
 * }</pre>
 *
 * <p>A server without a {@code ca} asks its clients for no certificate; with one it accepts only clients whose certificate that CA has
 * signed. A client without a {@code ca} trusts the CAs of its Java. Both are immutable values; {@link WatchedTls} reads the files.
 *
 * @param certificate the own certificate, followed by those between it and the CA where there are any; null for a client without one
 * @param key its private key, without a passphrase: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC); may be the same file as {@code certificate};
 *     null if and only if there is no certificate
 * @param ca one or more certificates to trust, and no others; null as described above
 */
public record TlsFiles(
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable Path ca) {
    private static final TlsFiles USUAL = new TlsFiles(null, null, null);

    /**
     * Checks that certificate and key come together.
     *
     * @throws IllegalArgumentException if one of them is missing
     */
    public TlsFiles {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a certificate and its key go together, and there is only the "
                    + (key == null ? "certificate " + certificate : "key " + key));
        }
    }

    /**
     * Names nothing: a client that trusts the CAs of its Java and has no certificate.
     *
     * @return no files
     */
    public static TlsFiles usual() {
        return USUAL;
    }

    /**
     * Names a certificate and its key.
     *
     * @param certificate a PEM file, the own certificate first
     * @param key a PEM file
     * @return the two, trusting whom Java trusts
     */
    public static TlsFiles identity(Path certificate, Path key) {
        return new TlsFiles(certificate, key, null);
    }

    /**
     * Names whom to trust.
     *
     * @param ca a PEM file with one or more certificates
     * @return that file, without a certificate of one's own
     */
    public static TlsFiles trust(Path ca) {
        return new TlsFiles(null, null, ca);
    }

    /**
     * Names whom to trust, and keeps the certificate and its key.
     *
     * @param trusted a PEM file with one or more certificates
     * @return a new value
     */
    public TlsFiles trusting(Path trusted) {
        return new TlsFiles(certificate, key, trusted);
    }

    /**
     * Reads the files, and keeps nothing of them.
     *
     * @throws IllegalArgumentException naming the file that is missing, cannot be read, holds nothing that can be used, or does not belong
     *     to the other one
     */
    public void requireUsable() {
        var unused = Material.of(Material.Content.read(this));
    }
}
