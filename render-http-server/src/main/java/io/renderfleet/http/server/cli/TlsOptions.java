package io.renderfleet.http.server.cli;

import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.tls.TlsFlags;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of a server that say what protects its connections, and what it shows to servers that it calls itself. */
public final class TlsOptions {
    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Speaks TLS with the certificate in this PEM file, which is read again when it changes.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The PEM file with the key of --tls-cert, without a passphrase.")
    private @Nullable Path key;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "Lets in only clients with a certificate of a CA in this PEM file (mutual TLS).")
    private @Nullable Path clientCa;

    @Option(
            names = "--insecure-http",
            description = "Allows tokens to cross a network in clear text: for a proxy in front that speaks TLS, or a"
                    + " network that is private by itself.")
    private boolean insecureHttp;

    /** For picocli, which sets the fields. */
    public TlsOptions() {}

    /**
     * Says whether tokens may cross a network in clear text.
     *
     * @return whether {@code --insecure-http} is set
     */
    public boolean insecureHttp() {
        return insecureHttp;
    }

    /**
     * Names the file with the key, which is a secret.
     *
     * @return the file of {@code --tls-key}, or empty
     */
    public Optional<Path> keyFile() {
        return Optional.ofNullable(key);
    }

    /**
     * Names the files of the server.
     *
     * @return the files, or null for plain HTTP
     * @throws IllegalArgumentException if flags do not go together, or a file cannot be used
     */
    public @Nullable TlsFiles server() {
        if (certificate == null && key == null) {
            if (clientCa != null) {
                throw new IllegalArgumentException(
                        "--tls-client-ca is for servers that speak TLS: set --tls-cert and --tls-key");
            }
            return null;
        }
        return checked("--tls-", certificate, key, clientCa, "client-ca");
    }

    /**
     * Names the files with which this server calls others. Where it has no certificate for that, it shows its own one.
     *
     * @param prefix of the flags, such as {@code --node-tls-}
     * @param clientCertificate from the flag that ends with {@code cert}, or null
     * @param clientKey from the flag that ends with {@code key}, or null
     * @param ca from the flag that ends with {@code ca}, or null
     * @return the files, {@link TlsFiles#usual} if nothing is set
     * @throws IllegalArgumentException if flags do not go together, or a file cannot be used
     */
    public TlsFiles client(
            String prefix, @Nullable Path clientCertificate, @Nullable Path clientKey, @Nullable Path ca) {
        boolean own = clientCertificate == null && clientKey == null;
        return checked(prefix, own ? certificate : clientCertificate, own ? key : clientKey, ca, "ca");
    }

    private static TlsFiles checked(
            String prefix, @Nullable Path certificate, @Nullable Path key, @Nullable Path ca, String caFlag) {
        TlsFiles files = TlsFlags.files(prefix, certificate, key, ca);
        return TlsFlags.named(prefix, caFlag, () -> {
            files.requireUsable();
            return files;
        });
    }
}
