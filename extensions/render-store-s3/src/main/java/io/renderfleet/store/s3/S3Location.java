package io.renderfleet.store.s3;

import java.net.URI;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where in which bucket content lies.
 *
 * @param bucket the bucket's name, 3 to 63 lower-case letters, digits, and {@code . -}
 * @param prefix what all keys begin with; empty, or ending with a slash
 * @param endpoint the server, such as {@code http://minio:9000}; null for Amazon's
 * @param region such as {@code eu-central-1}; null for that of the environment, and behind an endpoint {@code us-east-1}
 * @param pathStyle whether the bucket is named in the path, as most servers but Amazon's need it, or as a part of the host
 */
public record S3Location(
        String bucket,
        String prefix,
        @Nullable URI endpoint,
        @Nullable String region,
        boolean pathStyle) {
    private static final Pattern FORM =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9._-]+)*)/?");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,40}");
    private static final int MAX_PREFIX = 256;

    /** Checks that nothing is missing. */
    public S3Location {
        Objects.requireNonNull(bucket, "bucket");
        Objects.requireNonNull(prefix, "prefix");
    }

    /**
     * Reads an address.
     *
     * @param address such as {@code s3://renders/farm-1}
     * @return the bucket and the prefix, at Amazon's servers, in the region of the environment
     * @throws IllegalArgumentException if it is none, in one sentence
     */
    public static S3Location parse(String address) {
        Matcher parts = FORM.matcher(address);
        if (!parts.matches() || parts.group(2).length() > MAX_PREFIX) {
            throw new IllegalArgumentException("'" + address + "' must be like s3://bucket or s3://bucket/prefix");
        }
        String prefix = parts.group(2).isEmpty() ? "" : parts.group(2).substring(1) + "/";
        return new S3Location(parts.group(1), prefix, null, null, false);
    }

    /**
     * Names another server than Amazon's.
     *
     * @param value such as {@code https://s3.example}; null for Amazon's
     * @return a changed copy
     * @throws IllegalArgumentException if it is no URL of a server, in one sentence
     */
    public S3Location at(@Nullable URI value) {
        if (value != null && !isServer(value)) {
            throw new IllegalArgumentException("'" + value + "' must be like https://s3.example:9000");
        }
        return new S3Location(bucket, prefix, value, region, pathStyle);
    }

    private static boolean isServer(URI uri) {
        boolean web = ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        return web && uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null;
    }

    /**
     * Names the region.
     *
     * @param value such as {@code eu-central-1}; null for that of the environment
     * @return a changed copy
     * @throws IllegalArgumentException if it cannot be one, in one sentence
     */
    public S3Location in(@Nullable String value) {
        if (value != null && !REGION.matcher(value).matches()) {
            throw new IllegalArgumentException("'" + value + "' must be like eu-central-1");
        }
        return new S3Location(bucket, prefix, endpoint, value, pathStyle);
    }

    /**
     * Says how the bucket is named.
     *
     * @param value true for in the path, false for as a part of the host
     * @return a changed copy
     */
    public S3Location pathStyle(boolean value) {
        return new S3Location(bucket, prefix, endpoint, region, value);
    }

    @Override
    public String toString() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1))
                + (endpoint == null ? "" : " at " + endpoint);
    }
}
