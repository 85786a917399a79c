package io.renderfleet.http.server.cli;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where scenes and frames lie that orchestrators and workers of pools share.
 *
 * @param address a folder, {@code s3://bucket/prefix}, or the URL of an orchestrator
 * @param bytes how much may lie there
 * @param bucket how the bucket is reached
 * @param copies where copies lie of what is far away
 */
public record SharedStore(String address, long bytes, Bucket bucket, Copies copies) {
    static final String S3 = "s3://";

    private static final long LARGEST = 4L << 30;

    /**
     * How a bucket is reached.
     *
     * @param endpoint the server, or null for Amazon's
     * @param region the region, or null for that of the environment
     * @param pathStyle whether the bucket is named in the path
     */
    public record Bucket(@Nullable URI endpoint, @Nullable String region, boolean pathStyle) {}

    /**
     * Where copies lie.
     *
     * @param folder a folder of this program alone, or null for one that the program chooses
     * @param bytes how much may lie there
     */
    public record Copies(@Nullable Path folder, long bytes) {
        /**
         * Says where.
         *
         * @param usual the folder where none was named
         * @return the folder
         */
        public Path folder(Path usual) {
            return folder == null ? usual : folder;
        }
    }

    /**
     * Says whether it is a folder.
     *
     * @return true if so
     */
    public boolean isFolder() {
        return !isBucket() && !isOrchestrator();
    }

    /**
     * Says whether it is a bucket.
     *
     * @return true if so
     */
    public boolean isBucket() {
        return address.startsWith(S3);
    }

    /**
     * Says whether it is an orchestrator's.
     *
     * @return true if so
     */
    public boolean isOrchestrator() {
        return address.startsWith("http://") || address.startsWith("https://");
    }

    /**
     * Says how large one file may be.
     *
     * @return bytes: 4 GiB, or what may lie there or in the folder of copies, if that is less
     */
    public long limit() {
        return Math.min(LARGEST, isFolder() ? bytes : Math.min(bytes, copies.bytes()));
    }

    @Override
    public String toString() {
        return address;
    }
}
