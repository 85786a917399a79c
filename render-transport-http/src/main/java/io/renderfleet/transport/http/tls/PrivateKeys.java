package io.renderfleet.transport.http.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/**
 * Private keys as OpenSSL writes them. Java reads PKCS#8 (RFC 5208) only, which is one of the two older forms in an envelope that names the
 * algorithm; a key in an older form gets that envelope here.
 */
final class PrivateKeys {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final int INTEGER = 0x02;
    private static final int OCTETS = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int PARAMETERS = 0xA0;

    /** Version 0. */
    private static final byte[] VERSION = {INTEGER, 1, 0};

    /** rsaEncryption (RFC 8017, appendix A.1), with NULL for its parameters. */
    private static final byte[] RSA = {
        SEQUENCE, 13, 6, 9, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 1, 1, 1, 5, 0
    };

    /** id-ecPublicKey (RFC 5480, section 2.1.1), of which the curve is the parameter. */
    private static final byte[] EC = {6, 7, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 2, 1};

    private PrivateKeys() {}

    /**
     * Reads a key.
     *
     * @param label of its PEM block
     * @param der its content
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static PrivateKey of(String label, byte[] der) {
        return switch (label) {
            case "PRIVATE KEY" -> fromPkcs8(der);
            case "RSA PRIVATE KEY" -> fromPkcs8(field(SEQUENCE, VERSION, RSA, field(OCTETS, der)));
            case "EC PRIVATE KEY" ->
                fromPkcs8(field(SEQUENCE, VERSION, field(SEQUENCE, EC, curve(der)), field(OCTETS, der)));
            default ->
                throw new IllegalArgumentException(
                        "holds a '" + label + "', which is unknown: it must be an RSA or EC key");
        };
    }

    /** Whether a private key is that of a certificate: it signs what the public key accepts. */
    static boolean belongTogether(PrivateKey own, PublicKey published) {
        String algorithm = switch (own.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> own.getAlgorithm();
        };
        byte[] sample = {1, 2, 3};
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(own);
            signing.update(sample);
            Signature checking = Signature.getInstance(algorithm);
            checking.initVerify(published);
            checking.update(sample);
            return checking.verify(signing.sign());
        } catch (InvalidKeyException otherAlgorithm) {
            return false;
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("has a key that cannot sign: " + unusable.getMessage(), unusable);
        }
    }

    private static PrivateKey fromPkcs8(byte[] der) {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException other) {
                // The next algorithm may know it.
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("every Java has " + algorithm, impossible);
            }
        }
        throw new IllegalArgumentException("holds a private key that is damaged, or neither RSA nor EC nor Ed25519");
    }

    /** The parameters inside an EC key (RFC 5915, section 3): version, key, and then {@code [0]} with the curve. */
    private static byte[] curve(byte[] der) {
        int at = content(der, 0, SEQUENCE);
        at = end(der, at, INTEGER);
        at = end(der, at, OCTETS);
        return Arrays.copyOfRange(der, content(der, at, PARAMETERS), end(der, at, PARAMETERS));
    }

    private static int content(byte[] der, int at, int tag) {
        if (at + 1 >= der.length || (der[at] & 0xFF) != tag) {
            throw new IllegalArgumentException("holds an EC key that does not name its curve, or is damaged");
        }
        int first = der[at + 1] & 0xFF;
        return at + 2 + (first < 0x80 ? 0 : first - 0x80);
    }

    private static int end(byte[] der, int at, int tag) {
        int begin = content(der, at, tag);
        long length = 0;
        for (int i = begin == at + 2 ? at + 1 : at + 2; i < Math.min(begin, der.length); i++) {
            length = (length << 8) | (der[i] & 0xFF);
        }
        if (length < 0 || begin + length > der.length) {
            throw new IllegalArgumentException("holds an EC key that is cut off");
        }
        return (int) (begin + length);
    }

    private static byte[] field(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int octets = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            out.write(0x80 | octets);
            for (int i = octets - 1; i >= 0; i--) {
                out.write(length >> (8 * i));
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
