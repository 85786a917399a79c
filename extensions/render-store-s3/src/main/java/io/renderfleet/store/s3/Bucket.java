package io.renderfleet.store.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A bucket, by the calls that {@link S3Content} needs. What fails is an {@link IOException} that names the bucket. Thread-safe. */
final class Bucket implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** For one try, which carries 8 MiB at most: 64 KiB a second. Reading what comes has no such bound, as each read has one. */
    private static final Duration TRY = Duration.ofMinutes(3);

    private static final Duration CALL = Duration.ofMinutes(10);
    private static final int MISSING = 404;
    private static final int MOST_DELETED = 1_000;
    private static final int MOST_LISTED = 1_000_000;

    private final S3Location where;
    private final S3Client client;

    private Bucket(S3Location where, S3Client client) {
        this.where = where;
        this.client = client;
    }

    /**
     * Prepares to use a bucket; nothing is sent yet.
     *
     * @throws IOException if something is missing, such as the region
     */
    static Bucket at(S3Location where, AwsCredentialsProvider credentials) throws IOException {
        try {
            return new Bucket(where, client(where, credentials));
        } catch (SdkException wrong) {
            throw new IOException(where + " cannot be used: " + wrong.getMessage(), wrong);
        }
    }

    private static S3Client client(S3Location where, AwsCredentialsProvider credentials) {
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(credentials)
                .forcePathStyle(where.pathStyle())
                // What needs one has a SHA-256 of ours; many servers know no others.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(SILENCE))
                .overrideConfiguration(
                        limits -> limits.apiCallAttemptTimeout(TRY).apiCallTimeout(CALL));
        URI endpoint = where.endpoint();
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        if (where.region() != null) {
            builder.region(Region.of(where.region()));
        } else if (endpoint != null) {
            builder.region(Region.US_EAST_1);
        }
        return builder.build();
    }

    String name() {
        return where.bucket();
    }

    /** A call by itself. */
    interface Request<T> {
        T send(S3Client client);
    }

    /**
     * Makes a call.
     *
     * @throws Refused if the server says no
     * @throws IOException if it does not answer, or something else is wrong
     */
    <T> T call(Request<T> request) throws IOException {
        try {
            return request.send(client);
        } catch (AwsServiceException refused) {
            AwsErrorDetails details = refused.awsErrorDetails();
            String said = details == null ? "" : " " + details.errorCode() + ": " + details.errorMessage();
            throw new Refused(where + " answered " + refused.statusCode() + said, refused);
        } catch (SdkException failed) {
            throw failure(String.valueOf(failed.getMessage()), failed);
        }
    }

    IOException failure(String why, @Nullable Exception cause) {
        return new IOException(where + ": " + why, cause);
    }

    /** The server says no. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;

        private Refused(String message, AwsServiceException cause) {
            super(message, cause);
            this.status = cause.statusCode();
        }

        int status() {
            return status;
        }
    }

    /**
     * Looks whether it can be used.
     *
     * @throws IOException if not, in words for an operator
     */
    void check() throws IOException {
        var unused = call(s3 -> s3.headBucket(request -> request.bucket(where.bucket())));
    }

    boolean has(String key) throws IOException {
        try {
            var unused = call(s3 ->
                    s3.headObject(request -> request.bucket(where.bucket()).key(key)));
            return true;
        } catch (Refused refused) {
            if (refused.status() == MISSING) {
                return false;
            }
            throw refused;
        }
    }

    /** Puts an empty object. */
    void mark(String key) throws IOException {
        var unused = call(
                s3 -> s3.putObject(request -> request.bucket(where.bucket()).key(key), RequestBody.empty()));
    }

    Optional<InputStream> read(String key) throws IOException {
        try {
            return Optional.of(new Incoming(call(s3 -> s3.getObject(
                    request -> request.bucket(where.bucket()).key(key).checksumMode(ChecksumMode.ENABLED)))));
        } catch (Refused refused) {
            if (refused.status() == MISSING) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** Lists all objects below a prefix. */
    List<S3Object> list(String prefix) throws IOException {
        List<S3Object> all = new ArrayList<>();
        ListObjectsV2Request next = ListObjectsV2Request.builder()
                .bucket(where.bucket())
                .prefix(prefix)
                .build();
        while (true) {
            ListObjectsV2Request asked = next;
            ListObjectsV2Response page = call(s3 -> s3.listObjectsV2(asked));
            all.addAll(page.contents());
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return all;
            }
            if (all.size() > MOST_LISTED) {
                throw failure("more than " + MOST_LISTED + " objects are below " + prefix, null);
            }
            next = asked.toBuilder()
                    .continuationToken(page.nextContinuationToken())
                    .build();
        }
    }

    /** Deletes objects; those that are not there are no trouble. */
    void delete(List<String> keys) throws IOException {
        for (int from = 0; from < keys.size(); from += MOST_DELETED) {
            List<ObjectIdentifier> some = keys.subList(from, Math.min(keys.size(), from + MOST_DELETED)).stream()
                    .map(key -> ObjectIdentifier.builder().key(key).build())
                    .toList();
            DeleteObjectsResponse answer = call(s3 -> s3.deleteObjects(request -> request.bucket(where.bucket())
                    .delete(what -> what.objects(some).quiet(true))));
            if (answer.hasErrors() && !answer.errors().isEmpty()) {
                throw failure("could not delete: " + answer.errors().get(0).message(), null);
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** What the server sends; it is not read to its end only because it was closed. */
    private static final class Incoming extends FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> from;
        private boolean ended;

        Incoming(ResponseInputStream<GetObjectResponse> from) {
            super(from);
            this.from = from;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int n = from.read(bytes, offset, length);
                ended |= n < 0;
                return n;
            } catch (SdkException damaged) {
                throw new IOException("what came is not what was stored: " + damaged.getMessage(), damaged);
            }
        }

        @Override
        public void close() throws IOException {
            if (ended) {
                from.close();
            } else {
                from.abort();
            }
        }
    }
}
