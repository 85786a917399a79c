package io.renderfleet.orchestrator;

import io.renderfleet.core.policy.SharePolicy;
import io.renderfleet.core.policy.SharePolicy.WithinOwner;
import io.renderfleet.http.server.cli.Flags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how the farm is shared between its owners. */
final class ShareOptions {
    private static final Map<String, WithinOwner> WITHIN =
            Map.of("equal", WithinOwner.EQUAL, "shortest-first", WithinOwner.SHORTEST_FIRST);

    @Option(
            names = "--owner-weight",
            paramLabel = "NAME=WEIGHT",
            description =
                    "How much of the farm the jobs of an owner get beside those of others, such as lighting=2; once for"
                            + " each owner (default: 1 for each).")
    private List<String> ownerWeights = new ArrayList<>();

    @Option(
            names = "--within-owner",
            defaultValue = "equal",
            paramLabel = "HOW",
            description = "How an owner's part is shared between its jobs: equal, or shortest-first (default:"
                    + " ${DEFAULT-VALUE}).")
    private String withinOwner = "equal";

    @Option(
            names = "--warm-tolerance",
            defaultValue = "300",
            paramLabel = "SECONDS",
            description =
                    "By how many seconds of an average node's work a job may fall behind its share for a node to go on"
                            + " with the scene that it has loaded (default: ${DEFAULT-VALUE}).")
    private int warmTolerance;

    @Option(
            names = "--max-priority",
            defaultValue = "1000",
            paramLabel = "N",
            description =
                    "The highest priority that submitters may give a job; operators may give 1000 (default: ${DEFAULT-VALUE}).")
    private int maxPriority;

    /**
     * Checks all of them.
     *
     * @throws IllegalArgumentException if one is out of range, in one sentence
     */
    void check() {
        Flags.requireWithin("--warm-tolerance", warmTolerance, 0, 86_400);
        Flags.requireWithin("--max-priority", maxPriority, -1_000, 1_000);
        var unused = policy();
    }

    private SharePolicy policy() {
        WithinOwner within = WITHIN.get(withinOwner);
        if (within == null) {
            throw new IllegalArgumentException(
                    "--within-owner is '" + withinOwner + "': it must be equal or shortest-first");
        }
        SharePolicy policy =
                SharePolicy.ofDefaults().withinOwner(within).warmTolerance(Duration.ofSeconds(warmTolerance));
        for (String ownerWeight : ownerWeights) {
            policy = weigh(policy, ownerWeight);
        }
        return policy;
    }

    private static SharePolicy weigh(SharePolicy policy, String text) {
        int at = text.lastIndexOf('=');
        String owner = text.substring(0, Math.max(0, at)).strip();
        double weight;
        try {
            weight = Double.parseDouble(text.substring(at + 1));
        } catch (NumberFormatException e) {
            throw noWeight(text, e);
        }
        if (owner.isEmpty()) {
            throw noWeight(text, null);
        }
        if (policy.weights().containsKey(owner)) {
            throw new IllegalArgumentException("--owner-weight names '" + owner + "' twice: name each owner once");
        }
        return Flags.named("--owner-weight", () -> policy.weight(owner, weight));
    }

    private static IllegalArgumentException noWeight(String text, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "--owner-weight is '" + text + "': write it like lighting=2, the name of an owner and its weight",
                cause);
    }

    /** Sets the shares of a server. */
    void applyTo(OrchestratorServerBuilder server) {
        server.shares(policy()).maxPriority(maxPriority);
    }
}
