package io.renderfleet.transport.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TLS files")
class WatchedTlsTest {
    // Made by 'openssl ecparam -name prime256v1 -genkey' for this test, and used for nothing else.
    private static final String EC_SEC1 = """
            -----BEGIN EC PARAMETERS-----
            BggqhkjOPQMBBw==
            -----END EC PARAMETERS-----
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIHNn9cxyh+iT6I2HTjIyDFDiVlSOP5r9HKkXiUNEph+ToAoGCCqGSM49
            AwEHoUQDQgAE8Nm+91pjDQOCQuiJ5ZPwUM184Vm/tT5XNTy0Wc9W3R3qlYwFJWcY
            4q0y+zEC/UZ5mzCwwHLOu1BVukvsSM/Uog==
            -----END EC PRIVATE KEY-----
            """;
    private static final String EC_PKCS8 = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgc2f1zHKH6JPojYdO
            MjIMUOJWVI4/mv0cqReJQ0SmH5OhRANCAATw2b73WmMNA4JC6Inlk/BQzXzhWb+1
            Plc1PLRZz1bdHeqVjAUlZxjirTL7MQL9RnmbMLDAcs67UFW6S+xIz9Si
            -----END PRIVATE KEY-----
            """;

    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();

    @Test
    @DisplayName("may hold an RSA key in PKCS#8 or in PKCS#1, and both are the same key")
    void rsa() {
        HeldCertificate held = new HeldCertificate.Builder().rsa2048().build();

        assertThat(Pem.read("the key", write("8", held.privateKeyPkcs8Pem())).key())
                .isEqualTo(held.keyPair().getPrivate());
        assertThat(Pem.read("the key", write("1", held.privateKeyPkcs1Pem())).key())
                .isEqualTo(held.keyPair().getPrivate());
    }

    @Test
    @DisplayName("may hold an EC key as OpenSSL writes it, with its parameters before it")
    void ec() {
        assertThat(Pem.read("the key", write("sec1", EC_SEC1)).key())
                .isInstanceOfSatisfying(
                        ECPrivateKey.class,
                        older -> assertThat(Pem.read("the key", write("pkcs8", EC_PKCS8))
                                        .key())
                                .isInstanceOfSatisfying(ECPrivateKey.class, key -> {
                                    assertThat(older.getS()).isEqualTo(key.getS());
                                    assertThat(older.getParams()).isEqualTo(key.getParams());
                                }));
    }

    @Test
    @DisplayName("may hold certificate and key in one file, with text between them")
    void oneFile() {
        HeldCertificate held = certificate();
        Path both =
                write("both", "Bag Attributes\n" + held.privateKeyPkcs8Pem() + "subject=x\n" + held.certificatePem());

        assertThat(shown(WatchedTls.of(TlsFiles.identity(both, both)))).isEqualTo(held.certificate());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("are refused by name where they cannot be used")
    @CsvSource({
        "no-such-file, there is no such file",
        "words, holds no certificate: it must be PEM",
        "cut, holds a certificate that is damaged",
        "large, is larger than 1 MiB",
    })
    void wrongCertificate(String file, String why) {
        HeldCertificate held = certificate();
        write("words", "hello");
        write("cut", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        write("large", "x".repeat((1 << 20) + 1));
        Path key = write("key", held.privateKeyPkcs8Pem());

        assertThatThrownBy(() -> WatchedTls.of(TlsFiles.identity(folder.resolve(file), key)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the certificate " + folder.resolve(file))
                .hasMessageContaining(why);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("are refused by name where the key cannot be used")
    @CsvSource({
        "certificate, holds no private key: it must be PEM",
        "two, holds 2 private keys: it must hold one",
        "encrypted, is encrypted: it must be a key without a passphrase",
        "damaged, 'holds a private key that is damaged, or neither RSA nor EC nor Ed25519'",
        "dsa, 'holds a ''DSA PRIVATE KEY'', which is unknown: it must be an RSA or EC key'",
        "no-curve, 'holds an EC key that does not name its curve, or is damaged'",
        "other, is not that of the certificate: both must be of one pair",
    })
    void wrongKey(String file, String why) {
        HeldCertificate held = certificate();
        Path certificate = write("certificate", held.certificatePem());
        write("two", held.privateKeyPkcs8Pem() + certificate().privateKeyPkcs8Pem());
        write("encrypted", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        write("damaged", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        write("dsa", "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n");
        write("no-curve", "-----BEGIN EC PRIVATE KEY-----\nMAYCAQEEAQE=\n-----END EC PRIVATE KEY-----\n");
        write("other", certificate().privateKeyPkcs8Pem());

        assertThatThrownBy(() -> WatchedTls.of(TlsFiles.identity(certificate, folder.resolve(file))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the key " + folder.resolve(file))
                .hasMessageContaining(why);
    }

    @Test
    @DisplayName("are refused where a certificate comes without its key")
    void alone() {
        assertThatThrownBy(() -> new TlsFiles(Path.of("node.pem"), null, null))
                .hasMessage("a certificate and its key go together, and there is only the certificate node.pem");
    }

    @Test
    @DisplayName("are read anew where they have changed, and not where they cannot be used")
    void reread() throws Exception {
        HeldCertificate first = certificate();
        HeldCertificate second = certificate();
        Path certificate = write("certificate", first.certificatePem());
        Path key = write("key", first.privateKeyPkcs8Pem());
        WatchedTls tls = WatchedTls.of(TlsFiles.identity(certificate, key), nanos::get);

        assertThat(tls.reread()).isFalse();
        write("certificate", second.certificatePem());
        assertThat(tls.reread()).as("the key is that of the first one").isFalse();
        assertThat(shown(tls)).isEqualTo(first.certificate());
        Files.delete(key);
        assertThat(tls.reread()).isFalse();
        write("key", second.privateKeyPkcs8Pem());
        assertThat(tls.reread()).isTrue();
        assertThat(shown(tls)).isEqualTo(second.certificate());
    }

    @Test
    @DisplayName("are looked at by a client that connects more than two seconds after the last look")
    void clientFollows() {
        HeldCertificate first = certificate();
        HeldCertificate second = certificate();
        Path certificate = write("certificate", first.certificatePem());
        Path key = write("key", first.privateKeyPkcs8Pem());
        WatchedTls tls = WatchedTls.of(TlsFiles.identity(certificate, key), nanos::get);
        FollowingKeys keys = new FollowingKeys(tls::fresh);
        String before = alias(keys);
        write("certificate", second.certificatePem());
        write("key", second.privateKeyPkcs8Pem());

        assertThat(alias(keys)).isEqualTo(before);
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        String after = alias(keys);

        assertThat(keys.getCertificateChain(after)).containsExactly(second.certificate());
        assertThat(keys.getPrivateKey(after)).isEqualTo(second.keyPair().getPrivate());
        assertThat(keys.getCertificateChain(before)).as("a handshake under way").containsExactly(first.certificate());
        assertThat(keys.getPrivateKey(before)).isEqualTo(first.keyPair().getPrivate());
    }

    private static String alias(FollowingKeys keys) {
        return Objects.requireNonNull(keys.chooseEngineClientAlias(new String[] {"EC"}, null, null));
    }

    private static X509Certificate shown(WatchedTls tls) {
        return Objects.requireNonNull(tls.fresh().leaf());
    }

    private static HeldCertificate certificate() {
        return new HeldCertificate.Builder().build();
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
