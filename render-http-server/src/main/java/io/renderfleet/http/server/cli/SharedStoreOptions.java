package io.renderfleet.http.server.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say where scenes and frames lie that orchestrators and workers of pools share. */
public final class SharedStoreOptions {
    private static final long GIB = 1L << 30;

    @Option(
            names = "--shared-store",
            paramLabel = "DIR|URL",
            description =
                    "Where scenes and frames of pools lie, for orchestrators and workers alike: a folder that all of"
                            + " them see, or a bucket, s3://BUCKET/PREFIX. A worker that sees neither names an orchestrator,"
                            + " https://HOST:PORT.")
    private @Nullable String store;

    @Option(
            names = "--shared-store-gib",
            defaultValue = "64",
            paramLabel = "GIB",
            description =
                    "How much may lie in that folder, or in that bucket, where orchestrators alone count; what was not"
                            + " used for longest goes first (default: ${DEFAULT-VALUE}).")
    private long gibibytes = 64;

    @Option(
            names = "--shared-store-endpoint",
            paramLabel = "URL",
            description = "The server of the bucket, such as https://s3.example:9000 (default: Amazon's).")
    private @Nullable URI endpoint;

    @Option(
            names = "--shared-store-region",
            paramLabel = "NAME",
            description = "The region of the bucket (default: that of the environment, as all tools for Amazon's cloud"
                    + " find it).")
    private @Nullable String region;

    @Option(
            names = "--shared-store-path-style",
            description =
                    "Names the bucket in the path of URLs instead of the host, as most servers but Amazon's want it.")
    private boolean pathStyle;

    @Option(
            names = "--shared-store-cache",
            paramLabel = "DIR",
            description = "A folder of this program alone, for copies of what it reads from a bucket or an orchestrator"
                    + " (default: in its other folders).")
    private @Nullable Path cache;

    @Option(
            names = "--shared-store-cache-gib",
            defaultValue = "8",
            paramLabel = "GIB",
            description = "How much may lie in that folder; no scene can be larger (default: ${DEFAULT-VALUE}).")
    private long cacheGibibytes = 8;

    /** For picocli, which sets the fields. */
    public SharedStoreOptions() {}

    /**
     * Checks what was set.
     *
     * @return the store, or empty where none was named
     * @throws IllegalArgumentException if something is out of range or does not go together, in one sentence
     */
    public Optional<SharedStore> check() {
        Flags.requireWithin("--shared-store-gib", gibibytes, 1, 1L << 20);
        Flags.requireWithin("--shared-store-cache-gib", cacheGibibytes, 1, 1L << 20);
        String address = store;
        boolean bucket = address != null && address.startsWith(SharedStore.S3);
        if (!bucket && (endpoint != null || region != null || pathStyle)) {
            throw new IllegalArgumentException("--shared-store-endpoint, -region and -path-style are for a bucket:"
                    + " --shared-store " + (address == null ? "is missing" : "is " + address));
        }
        if (address == null) {
            return Optional.empty();
        }
        SharedStore named = new SharedStore(
                address,
                gibibytes * GIB,
                new SharedStore.Bucket(endpoint, region, pathStyle),
                new SharedStore.Copies(cache, cacheGibibytes * GIB));
        if (named.isFolder() && cache != null) {
            throw new IllegalArgumentException(
                    "--shared-store-cache is for a bucket or an orchestrator: --shared-store is" + " the folder "
                            + address);
        }
        return Optional.of(named);
    }
}
