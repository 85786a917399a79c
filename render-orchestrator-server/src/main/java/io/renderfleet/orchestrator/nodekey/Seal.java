package io.renderfleet.orchestrator.nodekey;

import io.renderfleet.core.local.OwnFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals texts under a secret, so that who can read a store cannot read them: AES with 256 bits in Galois/Counter Mode (NIST SP 800-38D),
 * a random nonce of 96 bits for each, and the name of the text as additional data, so that two sealed texts cannot be exchanged.
 * Immutable.
 */
public final class Seal {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final int SHORTEST = 32;
    private static final long MOST_BYTES = 64L << 10;
    private static final int SECRET_BYTES = 32;

    private final List<SecretKey> keys;

    private Seal(List<SecretKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads secrets from a file: one on each line, each of 32 or more characters. The first one seals, all of them open, so that a new
     * one can be put in front of an old one.
     *
     * @param file with the secrets; lines that begin with {@code #} are comments
     * @return a seal
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it holds no secret, or one that is too short
     */
    public static Seal read(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IllegalArgumentException(file + " is no file of secrets: it is larger than 64 KiB");
        }
        List<SecretKey> keys = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String secret = line.strip();
            if (secret.isEmpty() || secret.startsWith("#")) {
                continue;
            }
            if (secret.length() < SHORTEST) {
                throw new IllegalArgumentException(file + " has a secret of " + secret.length()
                        + " characters: it must have " + SHORTEST + " or more");
            }
            keys.add(derived(secret));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no secret");
        }
        return new Seal(keys);
    }

    /**
     * Reads secrets from a file, which is made with one of 256 random bits if it is not there.
     *
     * @param file as for {@link #read}; made for this user alone
     * @return a seal
     * @throws IOException if the file cannot be read or made
     * @throws IllegalArgumentException as for {@link #read}
     */
    public static Seal readOrMake(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[SECRET_BYTES];
            RANDOM.nextBytes(random);
            String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            Path folder = file.toAbsolutePath().getParent();
            OwnFolder.makePrivate(folder == null ? file.toAbsolutePath() : folder);
            try {
                Files.createFile(file, OwnFolder.privateFile(file));
                Files.writeString(file, secret + "\n");
            } catch (FileAlreadyExistsException another) {
                // Two that start at once: the first has made it.
                return read(file);
            }
        }
        return read(file);
    }

    /** What a file holds may be anything that people can write; a key has 256 bits. */
    private static SecretKey derived(String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return new SecretKeySpec(mac.doFinal("renderfleet stored values".getBytes(StandardCharsets.UTF_8)), "AES");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has HmacSHA256", impossible);
        }
    }

    String close(String name, String text) {
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, keys.get(0), nonce, name)
                    .doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] whole = new byte[NONCE + sealed.length];
            System.arraycopy(nonce, 0, whole, 0, NONCE);
            System.arraycopy(sealed, 0, whole, NONCE, sealed.length);
            return Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has AES/GCM", impossible);
        }
    }

    /** Gives nothing where it was sealed with another secret, under another name, or has been changed. */
    Optional<String> open(String name, String sealed) {
        byte[] whole;
        try {
            whole = Base64.getDecoder().decode(sealed);
        } catch (IllegalArgumentException noText) {
            return Optional.empty();
        }
        if (whole.length <= NONCE) {
            return Optional.empty();
        }
        return keys.stream().flatMap(key -> opened(key, whole, name).stream()).findFirst();
    }

    private static Optional<String> opened(SecretKey key, byte[] whole, String name) {
        try {
            byte[] nonce = Arrays.copyOf(whole, NONCE);
            byte[] text = cipher(Cipher.DECRYPT_MODE, key, nonce, name).doFinal(whole, NONCE, whole.length - NONCE);
            return Optional.of(new String(text, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException otherSecret) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String name) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
