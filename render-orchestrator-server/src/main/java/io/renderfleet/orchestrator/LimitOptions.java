package io.renderfleet.orchestrator;

import io.renderfleet.http.server.RateLimit;
import io.renderfleet.http.server.cli.Flags;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how much an orchestrator takes. */
final class LimitOptions {
    private static final long MIB = 1L << 20;
    private static final double LEAST_DAYS = 0.001;
    private static final int MOST_DAYS = 36_500;

    @Option(
            names = "--rate-limit",
            defaultValue = "50/s",
            paramLabel = "N/UNIT",
            description =
                    "How often one client may submit, such as 50/s, 1000/m or 5000/h (default: ${DEFAULT-VALUE}).")
    private String rateLimit = "50/s";

    @Option(
            names = "--max-jobs",
            defaultValue = "10000",
            paramLabel = "N",
            description = "How many jobs may be unfinished at once (default: ${DEFAULT-VALUE}).")
    private int maxJobs;

    @Option(
            names = "--max-jobs-of-owner",
            paramLabel = "N",
            description = "How many unfinished jobs one submitter may have (default: half of --max-jobs).")
    private @Nullable Integer maxJobsOfOwner;

    @Option(
            names = "--job-memory",
            paramLabel = "MIB",
            description =
                    "How much memory the jobs that are known may take, in MiB (default: half of the heap). One submitter may"
                            + " take half of it.")
    private @Nullable Integer jobMemory;

    @Option(
            names = "--max-file",
            defaultValue = "8192",
            paramLabel = "MIB",
            description =
                    "How large a file of a frame may be that a node has rendered, in MiB (default: ${DEFAULT-VALUE}).")
    private int maxFile;

    @Option(
            names = "--decode-frames",
            description =
                    "Decodes the pixels of JPEG and TIFF frames before they are published, whatever their node says.")
    private boolean decodeFrames;

    @Option(
            names = "--stall-timeout",
            defaultValue = "21600",
            paramLabel = "SECONDS",
            description =
                    "How long a node may say that it renders a batch without a frame, a sample or the scene's being loaded;"
                            + " then the batch is stopped and goes to another node (default: ${DEFAULT-VALUE}).")
    private int stallTimeout;

    @Option(
            names = "--keep-jobs",
            defaultValue = "7",
            paramLabel = "DAYS",
            description =
                    "For how many days jobs are known after they have ended, such as 30 or 0.5, or until others need"
                            + " their memory (default: ${DEFAULT-VALUE}). Their frames stay.")
    private double keepJobs;

    @Option(
            names = "--max-frames",
            defaultValue = "1000000",
            paramLabel = "N",
            description = "How many frames one job may have (default: ${DEFAULT-VALUE}).")
    private int maxFrames;

    @Option(
            names = "--max-event-clients",
            defaultValue = "200",
            paramLabel = "N",
            description = "How many clients may listen to events at once (default: ${DEFAULT-VALUE}).")
    private int maxEventClients;

    @Option(
            names = "--scene-limit",
            defaultValue = "4096",
            paramLabel = "MIB",
            description = "How large a scene may be that is sent, in MiB (default: ${DEFAULT-VALUE}).")
    private long sceneLimit;

    @Option(
            names = "--scene-quota",
            defaultValue = "65536",
            paramLabel = "MIB",
            description = "How much room all scenes together may take, in MiB (default: ${DEFAULT-VALUE}).")
    private long sceneQuota;

    @Option(
            names = "--log-quota",
            defaultValue = "1024",
            paramLabel = "MIB",
            description =
                    "How much room the logs of batches may take that have ended, in MiB, or 0 to leave them to the nodes (default:"
                            + " ${DEFAULT-VALUE}). They are removed with their jobs.")
    private long logQuota;

    /**
     * Checks all of them.
     *
     * @throws IllegalArgumentException if one is out of range, in one sentence
     */
    void check() {
        rate();
        Flags.requireWithin("--max-jobs", maxJobs, 1, 1_000_000);
        Flags.requireWithin("--max-file", maxFile, 1, 1 << 24);
        Flags.requireWithin("--stall-timeout", stallTimeout, 1, 31_536_000);
        Flags.requireWithin("--max-jobs-of-owner", maxJobsOfOwner, 1, 1_000_000);
        Flags.requireWithin("--job-memory", jobMemory, 1, 1 << 20);
        if (!(keepJobs >= LEAST_DAYS && keepJobs <= MOST_DAYS)) {
            throw new IllegalArgumentException(
                    "--keep-jobs is " + keepJobs + ": it must be from " + LEAST_DAYS + " to " + MOST_DAYS + " days");
        }
        Flags.requireWithin("--max-frames", maxFrames, 1, 1_000_000);
        Flags.requireWithin("--max-event-clients", maxEventClients, 1, 10_000);
        Flags.requireWithin("--scene-limit", sceneLimit, 1, 1 << 24);
        Flags.requireWithin("--scene-quota", sceneQuota, 1, 1L << 30);
        Flags.requireWithin("--log-quota", logQuota, 0, 1L << 30);
        if (sceneQuota < sceneLimit) {
            throw new IllegalArgumentException(
                    "--scene-quota is " + sceneQuota + ": it must be at least --scene-limit, which is " + sceneLimit);
        }
    }

    private RateLimit rate() {
        return Flags.named("--rate-limit", () -> RateLimit.parse(rateLimit));
    }

    /** Sets the limits of a server. */
    void applyTo(OrchestratorServerBuilder server) {
        server.rateLimit(rate())
                .maxJobs(maxJobs)
                .keepEnded(Duration.ofSeconds(
                        Math.round(keepJobs * Duration.ofDays(1).toSeconds())))
                .maxFrames(maxFrames)
                .maxFile(maxFile * MIB)
                .decodeFrames(decodeFrames)
                .stallTimeout(Duration.ofSeconds(stallTimeout))
                .maxEventClients(maxEventClients)
                .sceneLimit(sceneLimit * MIB)
                .sceneQuota(sceneQuota * MIB)
                .logQuota(logQuota * MIB);
        if (maxJobsOfOwner != null) {
            server.maxJobsOfOwner(maxJobsOfOwner);
        }
        if (jobMemory != null) {
            server.jobMemory(jobMemory * MIB);
        }
    }
}
