package io.renderfleet.store.s3;

import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Sends a file to a key that nothing is at yet: in one request, or in parts where it is large. Each request carries the SHA-256 of what is in it, by
 * which the server checks it, and the file's own one stays with the object.
 */
final class Upload {
    /** Bytes of a part. Servers take 10,000 of them, and want no less than 5 MiB. */
    static final int PART = 8 << 20;

    /** Bytes of a file at most. */
    static final long LARGEST = 10_000L * PART;

    private static final Logger log = LoggerFactory.getLogger(Upload.class);
    private static final String BYTES = "application/octet-stream";
    private static final String NOTHING = "*";
    private static final int THERE = 412;

    /** Somebody else is sending the same at this moment, and is sooner. */
    private static final int CONFLICT = 409;

    private final Bucket bucket;
    private final String key;
    private final Sha256 announced;
    private final MessageDigest whole = Sha256.newDigest();

    Upload(Bucket bucket, String key, Sha256 announced) {
        this.bucket = bucket;
        this.key = key;
        this.announced = announced;
    }

    PutOutcome send(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            byte[] first = content.readNBytes(PART);
            whole.update(first);
            return first.length < PART ? inOne(first) : inParts(first, content);
        } catch (Bucket.Refused refused) {
            if (refused.status() == THERE || (refused.status() == CONFLICT && bucket.has(key))) {
                return new PutOutcome.AlreadyThere();
            }
            throw refused;
        }
    }

    private PutOutcome inOne(byte[] bytes) throws IOException {
        Sha256 actual = Sha256.of(whole);
        if (!actual.equals(announced)) {
            return new PutOutcome.HashDiffers(actual);
        }
        String checksum = base64(HexFormat.of().parseHex(actual.hex()));
        String theirs = bucket.call(s3 -> s3.putObject(
                        request -> request.bucket(bucket.name())
                                .key(key)
                                .ifNoneMatch(NOTHING)
                                .contentType(BYTES)
                                .metadata(ours())
                                .checksumSHA256(checksum),
                        body(bytes)))
                .checksumSHA256();
        if (theirs != null && !theirs.equals(checksum)) {
            throw bucket.failure(key + " arrived damaged: its SHA-256 is " + theirs, null);
        }
        return new PutOutcome.Stored();
    }

    private Map<String, String> ours() {
        return Map.of("sha256", announced.hex());
    }

    private PutOutcome inParts(byte[] first, InputStream content) throws IOException {
        String id = bucket.call(s3 -> s3.createMultipartUpload(request -> request.bucket(bucket.name())
                        .key(key)
                        .contentType(BYTES)
                        .metadata(ours())
                        .checksumAlgorithm(ChecksumAlgorithm.SHA256)))
                .uploadId();
        boolean done = false;
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (byte[] part = first; part.length > 0; part = content.readNBytes(PART)) {
                if (!parts.isEmpty()) {
                    whole.update(part);
                }
                parts.add(part(id, parts.size() + 1, part));
            }
            Sha256 actual = Sha256.of(whole);
            if (!actual.equals(announced)) {
                return new PutOutcome.HashDiffers(actual);
            }
            var unused = bucket.call(s3 -> s3.completeMultipartUpload(request -> request.bucket(bucket.name())
                    .key(key)
                    .uploadId(id)
                    .ifNoneMatch(NOTHING)
                    .multipartUpload(all -> all.parts(parts))));
            done = true;
            return new PutOutcome.Stored();
        } finally {
            if (!done) {
                abort(id);
            }
        }
    }

    private CompletedPart part(String id, int number, byte[] bytes) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        digest.update(bytes);
        String checksum = base64(digest.digest());
        String tag = bucket.call(s3 -> s3.uploadPart(
                        request -> request.bucket(bucket.name())
                                .key(key)
                                .uploadId(id)
                                .partNumber(number)
                                .checksumSHA256(checksum),
                        body(bytes)))
                .eTag();
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(tag)
                .checksumSHA256(checksum)
                .build();
    }

    private void abort(String id) {
        try {
            var unused = bucket.call(s3 -> s3.abortMultipartUpload(
                    request -> request.bucket(bucket.name()).key(key).uploadId(id)));
        } catch (IOException e) {
            log.warn("the parts of {} stay behind in the bucket: {}", key, e.getMessage());
        }
    }

    /** The SDK would copy the bytes otherwise. */
    private static RequestBody body(byte[] bytes) {
        return RequestBody.fromContentProvider(ContentStreamProvider.fromByteArrayUnsafe(bytes), bytes.length, BYTES);
    }

    private static String base64(byte[] digest) {
        return Base64.getEncoder().encodeToString(digest);
    }
}
