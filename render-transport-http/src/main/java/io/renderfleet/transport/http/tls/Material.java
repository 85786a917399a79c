package io.renderfleet.transport.http.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the files held when they were read. Immutable.
 *
 * @param digest of all bytes that were read
 * @param keys the own certificate and key, or null
 * @param leaf the own certificate, or null
 * @param trust judges the other side
 */
record Material(
        Digest digest,
        @Nullable X509ExtendedKeyManager keys,
        @Nullable X509Certificate leaf,
        X509ExtendedTrustManager trust) {
    private static final char[] NO_PASSWORD = new char[0];

    /** A digest with the equality of its content. */
    record Digest(String hex) {}

    /**
     * The files as bytes.
     *
     * @param certificate null if there is none, as with the others
     */
    record Content(
            @Nullable Pem certificate,
            @Nullable Pem key,
            @Nullable Pem ca) {
        static Content read(TlsFiles files) {
            return new Content(
                    pem("the certificate", files.certificate()),
                    pem("the key", files.key()),
                    pem("the CA", files.ca()));
        }

        private static @Nullable Pem pem(String what, @Nullable Path file) {
            return file == null ? null : Pem.read(what, file);
        }

        Digest digest() {
            try {
                MessageDigest all = MessageDigest.getInstance("SHA-256");
                for (Pem pem : new Pem[] {certificate, key, ca}) {
                    byte[] bytes = pem == null ? new byte[0] : pem.text().getBytes(StandardCharsets.ISO_8859_1);
                    all.update(MessageDigest.getInstance("SHA-256").digest(bytes));
                }
                return new Digest(HexFormat.of().formatHex(all.digest()));
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("every Java has SHA-256", impossible);
            }
        }
    }

    /**
     * Checks and takes what was read.
     *
     * @throws IllegalArgumentException naming the file that is wrong
     */
    static Material of(Content content) {
        try {
            Pem certificate = content.certificate();
            Pem key = content.key();
            if (certificate == null || key == null) {
                return new Material(content.digest(), null, null, trust(content.ca()));
            }
            List<X509Certificate> chain = certificate.certificates();
            return new Material(content.digest(), keys(chain, key), chain.get(0), trust(content.ca()));
        } catch (GeneralSecurityException | IOException unusable) {
            throw new IllegalArgumentException("TLS cannot be set up: " + unusable.getMessage(), unusable);
        }
    }

    SSLContext context() {
        return context(keys, trust);
    }

    static SSLContext context(@Nullable X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys == null ? null : new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has TLS", impossible);
        }
    }

    private static X509ExtendedKeyManager keys(List<X509Certificate> chain, Pem file)
            throws GeneralSecurityException, IOException {
        PrivateKey key = file.key();
        if (!PrivateKeys.belongTogether(key, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException(
                    "the key " + file.file() + " is not that of the certificate: both must be of one pair");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return only(factory.getKeyManagers(), X509ExtendedKeyManager.class);
    }

    private static X509ExtendedTrustManager trust(@Nullable Pem ca) throws GeneralSecurityException, IOException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (ca == null) {
            factory.init((KeyStore) null);
            return only(factory.getTrustManagers(), X509ExtendedTrustManager.class);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        List<X509Certificate> trusted = ca.certificates();
        for (int i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("ca-" + i, trusted.get(i));
        }
        factory.init(store);
        return only(factory.getTrustManagers(), X509ExtendedTrustManager.class);
    }

    private static <T> T only(Object[] managers, Class<T> type) {
        for (Object manager : managers) {
            if (type.isInstance(manager)) {
                return type.cast(manager);
            }
        }
        throw new IllegalStateException("this Java has no " + type.getSimpleName());
    }
}
