package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link NodeDiscovery} must do. An implementation's test extends this class and says how its outside system is made to name
 * nodes, and to fail.
 *
 * <p>The discovery should look often in the test, every 50 ms or so: the contract waits for each change, and for each that must not come it
 * waits {@link #quiet()}.
 */
@Timeout(60)
public abstract class NodeDiscoveryContract {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<Set<URI>> snapshots = new LinkedBlockingQueue<>();
    private @Nullable NodeDiscovery discovery;

    /** For implementations. */
    protected NodeDiscoveryContract() {}

    /**
     * Makes a discovery that looks at the outside system; it has not begun.
     *
     * @return a new one each time
     * @throws Exception if the outside system cannot be brought up
     */
    protected abstract NodeDiscovery discovery() throws Exception;

    /**
     * Returns an address that the outside system can name.
     *
     * @param number 1 to 9
     * @return another one for each number
     */
    protected abstract URI node(int number);

    /**
     * Has the outside system name nodes from now on, also after {@link #fail}.
     *
     * @param nodes all that there are, perhaps none
     * @throws Exception if that does not work
     */
    protected abstract void name(Set<URI> nodes) throws Exception;

    /**
     * Has the outside system fail from now on.
     *
     * @throws Exception if that does not work
     */
    protected abstract void fail() throws Exception;

    /**
     * Returns how long the contract waits where nothing must come.
     *
     * @return longer than a few looks of the discovery take; default half a second
     */
    protected Duration quiet() {
        return Duration.ofMillis(500);
    }

    /**
     * Says whether the discovery tells its {@link NodeDiscovery#trouble() trouble}.
     *
     * @return default true
     */
    protected boolean tellsTrouble() {
        return true;
    }

    /** Ends the discovery of the test. */
    @AfterEach
    void endDiscovery() {
        if (discovery != null) {
            discovery.close();
        }
    }

    private NodeDiscovery begin() throws Exception {
        NodeDiscovery begun = discovery();
        discovery = begun;
        begun.start(snapshot ->
                snapshots.add(snapshot.stream().map(Target::address).collect(Collectors.toUnmodifiableSet())));
        return begun;
    }

    private Set<URI> nodes(int... numbers) {
        return Arrays.stream(numbers).mapToObj(this::node).collect(Collectors.toUnmodifiableSet());
    }

    private Set<URI> next() throws InterruptedException {
        Set<URI> snapshot = snapshots.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return Objects.requireNonNull(snapshot, "no snapshot came");
    }

    /** Waits for a snapshot; one that was taken while the outside system was being changed may come before it. */
    private void await(Set<URI> expected) throws InterruptedException {
        Set<URI> snapshot = next();
        while (!snapshot.equals(expected)) {
            snapshot = next();
        }
    }

    private static void awaitTrouble(NodeDiscovery discovery) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (discovery.trouble().isEmpty()) {
            assertThat(System.nanoTime()).as("no trouble was told").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void assertQuiet() throws InterruptedException {
        assertThat(snapshots.poll(quiet().toMillis(), TimeUnit.MILLISECONDS)).isNull();
    }

    /** The same set again changes nothing, so it may come or not; another one may not. */
    private void assertNothingElseThan(Set<URI> expected) throws InterruptedException {
        @Nullable Set<URI> snapshot = snapshots.poll(quiet().toMillis(), TimeUnit.MILLISECONDS);
        while (snapshot != null) {
            assertThat(snapshot).isEqualTo(expected);
            snapshot = snapshots.poll(quiet().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Test
    @DisplayName("tells which nodes there are when it begins")
    void tellsAtTheBeginning() throws Exception {
        name(nodes(1, 2));

        begin();

        assertThat(next()).isEqualTo(nodes(1, 2));
    }

    @Test
    @DisplayName("tells all nodes, not only the new ones, whenever something has changed")
    void tellsWholeSnapshots() throws Exception {
        name(nodes(1, 2));
        begin();
        await(nodes(1, 2));

        name(nodes(1, 2, 3));
        await(nodes(1, 2, 3));
        name(nodes(3));
        await(nodes(3));
        name(nodes(3, 4));
        await(nodes(3, 4));
    }

    @Test
    @DisplayName("tells that there are none where that is what it is told")
    void tellsThatThereAreNone() throws Exception {
        name(nodes(1));
        begin();
        await(nodes(1));

        name(nodes());

        await(nodes());
    }

    @Test
    @DisplayName("keeps what it told while the outside system fails, says so, and goes on when that is over")
    void errorKeepsTheLast() throws Exception {
        name(nodes(1, 2));
        NodeDiscovery begun = begin();
        await(nodes(1, 2));
        assertThat(begun.trouble()).isEmpty();

        fail();
        assertQuiet();
        if (tellsTrouble()) {
            awaitTrouble(begun);
        }
        name(nodes(2));

        await(nodes(2));
        assertThat(begun.trouble()).isEmpty();
    }

    @Test
    @DisplayName("drops no node when the outside system comes back and names the same ones, time and again")
    void comesBackUnchanged() throws Exception {
        name(nodes(1, 2));
        begin();
        await(nodes(1, 2));

        for (int outage = 0; outage < 2; outage++) {
            fail();
            assertQuiet();
            name(nodes(1, 2));
            assertNothingElseThan(nodes(1, 2));
        }
        name(nodes(1, 2, 3));

        await(nodes(1, 2, 3));
    }

    @Test
    @DisplayName("drops a node that left while the outside system failed, and keeps the others")
    void leavesDuringAnOutage() throws Exception {
        name(nodes(1, 2, 3));
        begin();
        await(nodes(1, 2, 3));

        fail();
        assertQuiet();
        name(nodes(1, 3, 4));

        await(nodes(1, 3, 4));
        assertQuiet();
    }

    @Test
    @DisplayName("begins although the outside system fails, and tells as soon as it can")
    void failsAtTheBeginning() throws Exception {
        fail();
        begin();
        assertQuiet();

        name(nodes(5));

        await(nodes(5));
    }

    @Test
    @DisplayName("tells nothing any more once it is closed, which can be done twice and before it began")
    void closes() throws Exception {
        name(nodes(1));
        NodeDiscovery begun = begin();
        await(nodes(1));

        begun.close();
        begun.close();
        name(nodes(1, 2));

        assertQuiet();
        NodeDiscovery never = discovery();
        never.close();
    }
}
