package io.renderfleet.transport.http.tls;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The files of TLS as flags of a program name them, such as {@code --tls-cert}: what is wrong is said of the flag. */
public final class TlsFlags {
    private TlsFlags() {}

    /**
     * Makes files of the values of flags.
     *
     * @param prefix of the flags, such as {@code --tls-}
     * @param certificate from the flag that ends with {@code cert}, or null
     * @param key from the flag that ends with {@code key}, or null
     * @param ca from the flag that names the CA, or null
     * @return the files, not read yet
     * @throws IllegalArgumentException if certificate or key comes without the other
     */
    public static TlsFiles files(String prefix, @Nullable Path certificate, @Nullable Path key, @Nullable Path ca) {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(prefix + "cert and " + prefix + "key go together, and there is only "
                    + prefix + (key == null ? "cert" : "key"));
        }
        return new TlsFiles(certificate, key, ca);
    }

    /**
     * Uses files, and names the flag of one that cannot be used.
     *
     * @param prefix of the flags
     * @param caFlag what the flag that names the CA ends with
     * @param use reads the files
     * @param <T> what comes of it
     * @return what comes of it
     * @throws IllegalArgumentException if a file cannot be used
     */
    public static <T> T named(String prefix, String caFlag, Supplier<T> use) {
        try {
            return use.get();
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    String.valueOf(wrong.getMessage())
                            .replaceFirst("^the certificate ", prefix + "cert ")
                            .replaceFirst("^the key ", prefix + "key ")
                            .replaceFirst("^the CA ", prefix + caFlag + " "),
                    wrong);
        }
    }
}
