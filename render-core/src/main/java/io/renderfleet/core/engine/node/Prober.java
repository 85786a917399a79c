package io.renderfleet.core.engine.node;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.policy.HealthPolicy;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.RenderTransport;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * Asks nodes what they are: from time to time those that nobody talks to otherwise, sooner those that did not answer. Belongs to the
 * loop.
 */
final class Prober {
    private static final Duration FIRST_REPROBE = Duration.ofMillis(500);

    private final Loop loop;
    private final RenderTransport transport;
    private final HealthPolicy policy;
    private final RandomGenerator random;
    private final BiConsumer<NodeEntry, DescribeOutcome> heard;
    private boolean stopped;

    Prober(
            Loop loop,
            RenderTransport transport,
            HealthPolicy policy,
            RandomGenerator random,
            BiConsumer<NodeEntry, DescribeOutcome> heard) {
        this.loop = loop;
        this.transport = transport;
        this.policy = policy;
        this.random = random;
        this.heard = heard;
    }

    /** Asks a node now; of one that gets no new work nothing is asked once it is known what it can. */
    void ask(NodeEntry entry) {
        boolean isKnownEnough = entry.hasLeft() && entry.description() != null;
        if (stopped || entry.contact.isProbing() || isKnownEnough) {
            return;
        }
        entry.contact.probing(true);
        transport
                .describe(entry.target())
                .whenComplete((outcome, bug) -> loop.execute(() -> {
                    entry.contact.probing(false);
                    heard.accept(
                            entry, outcome != null ? outcome : new DescribeOutcome.Unreachable(String.valueOf(bug)));
                }));
    }

    /** Asks a node that has just begun not to answer. */
    void askSoon(NodeEntry entry) {
        askAfter(entry, FIRST_REPROBE);
    }

    /** Asks a node when its turn comes. */
    void askInTurn(NodeEntry entry) {
        askAfter(entry, nextTurn(entry));
    }

    /** Asks a node again that did not say what it is and is only tracked. */
    void askLater(NodeEntry entry) {
        askAfter(entry, policy.probeEvery());
    }

    void stop() {
        stopped = true;
    }

    private Duration nextTurn(NodeEntry entry) {
        Duration base = policy.probeEvery();
        int missed = entry.contact.missedCalls();
        if (missed > 0 && missed < 8) {
            Duration quick = FIRST_REPROBE.multipliedBy(1L << missed);
            base = quick.compareTo(base) < 0 ? quick : base;
        }
        return Duration.ofNanos((long) (base.toNanos() * (0.8 + 0.4 * random.nextDouble())));
    }

    private void askAfter(NodeEntry entry, Duration delay) {
        if (stopped) {
            return;
        }
        entry.contact.probeBy(loop.schedule(delay, () -> askIfSilent(entry, delay)));
    }

    /**
     * Asks a node that has been silent for as long as was waited. One that holds an answer may be silent for twice the usual time, and a
     * little longer, since the answer is then on its way: so that no node is silent for longer than 2.4 times the usual one unasked.
     */
    private void askIfSilent(NodeEntry entry, Duration waited) {
        long every = policy.probeEvery().toNanos();
        long silent = entry.contact.silentFor(loop.time().nanos());
        long mayBe = Math.min(entry.contact.mayBeSilentFor(), 2 * every);
        if (entry.state() == FarmNode.State.UP && silent < Math.min(waited.toNanos(), every * 6 / 5)) {
            askInTurn(entry);
        } else if (entry.state() == FarmNode.State.UP && silent < mayBe) {
            long onItsWay = (long) (every * (0.2 + 0.1 * random.nextDouble()));
            askAfter(entry, Duration.ofNanos(mayBe - silent + onItsWay));
        } else {
            ask(entry);
        }
    }
}
