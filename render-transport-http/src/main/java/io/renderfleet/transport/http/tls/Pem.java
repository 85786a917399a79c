package io.renderfleet.transport.http.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One PEM file (RFC 7468): blocks of Base64 between a line that begins and a line that ends each of them. Text between blocks is skipped.
 *
 * @param what the file's role, for messages
 * @param file where it lies
 * @param text its content, a character for each byte
 */
record Pem(String what, Path file, String text) {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s:,-]*?)-----END \\1-----");

    /** The label of a block and what it holds, in Base64. */
    private record Block(String label, String base64) {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it cannot be read or is larger than a mebibyte
     */
    static Pem read(String what, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException(what + " " + file + " is larger than 1 MiB, and so no PEM file");
            }
            return new Pem(what, file, new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException(what + " " + file + ": there is no such file", missing);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    what + " " + file + " cannot be read by this program's user", unreadable);
        }
    }

    /**
     * Gives all certificates in the file, in their order.
     *
     * @throws IllegalArgumentException if there is none, or one that is damaged
     */
    List<X509Certificate> certificates() {
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks()) {
            if (block.label().equals("CERTIFICATE")) {
                try {
                    found.add((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der(block))));
                } catch (CertificateException damaged) {
                    throw wrong("holds a certificate that is damaged", damaged);
                }
            }
        }
        if (found.isEmpty()) {
            throw wrong("holds no certificate: it must be PEM, with a line -----BEGIN CERTIFICATE-----", null);
        }
        return found;
    }

    /**
     * Gives the one private key in the file.
     *
     * @throws IllegalArgumentException if there is none or more than one, or it cannot be used
     */
    PrivateKey key() {
        List<Block> keys = blocks().stream()
                .filter(block -> block.label().endsWith("PRIVATE KEY"))
                .toList();
        if (keys.size() != 1) {
            throw wrong(
                    keys.isEmpty()
                            ? "holds no private key: it must be PEM, with a line -----BEGIN PRIVATE KEY-----"
                            : "holds " + keys.size() + " private keys: it must hold one",
                    null);
        }
        Block only = keys.get(0);
        if (only.label().startsWith("ENCRYPTED") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            throw wrong("is encrypted: it must be a key without a passphrase", null);
        }
        try {
            return PrivateKeys.of(only.label(), der(only));
        } catch (IllegalArgumentException unusable) {
            throw wrong(String.valueOf(unusable.getMessage()), unusable);
        }
    }

    private List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }

    private byte[] der(Block block) {
        try {
            return Base64.getMimeDecoder().decode(block.base64());
        } catch (IllegalArgumentException damaged) {
            throw wrong("is damaged: what it holds is no Base64", damaged);
        }
    }

    private IllegalArgumentException wrong(String how, @Nullable Throwable cause) {
        return new IllegalArgumentException(what + " " + file + " " + how, cause);
    }
}
