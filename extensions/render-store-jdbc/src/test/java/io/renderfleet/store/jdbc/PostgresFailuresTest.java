package io.renderfleet.store.jdbc;

import static io.renderfleet.store.jdbc.Samples.get;
import static io.renderfleet.store.jdbc.Samples.kept;
import static io.renderfleet.store.jdbc.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoreFencedException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
@DisplayName("A store in PostgreSQL, when something dies or freezes,")
class PostgresFailuresTest {
    private static final boolean SOAK = Boolean.getBoolean("renderfleet.soak");
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final LeasePolicy LEASE = new LeasePolicy("http://standby.example:4000", TTL, TTL.dividedBy(4));

    private final PostgresServer server = PostgresServer.shared();
    private final String url = server.newStore();

    private JdbcJobStore connect() {
        return JdbcJobStore.postgres(url, "postgres", null, LEASE);
    }

    private List<JobTransition> history() {
        try (JdbcJobStore store = connect()) {
            return kept(store);
        }
    }

    @Test
    @DisplayName("has all that it acknowledged after kill -9 of the writer at random moments")
    void survivesKillsOfTheWriter() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long kept = 0;
        for (int i = 0; i < (SOAK ? 60 : 3); i++) {
            try (AppendingProcess process = AppendingProcess.start(url, TTL)) {
                long target = kept + random.nextInt(300);
                await().atMost(Duration.ofSeconds(60)).until(() -> process.acknowledged() >= target);
                process.kill();

                List<JobTransition> history = history();
                assertThat(history)
                        .as("seed %s, kill %s", seed, i)
                        .hasSizeGreaterThan((int) process.acknowledged())
                        .isEqualTo(numbered(0, history.size()));
                kept = history.size();
            }
        }
    }

    @Test
    @DisplayName("has all that it acknowledged after kill -9 of the server, and goes on writing at the same position")
    void survivesKillsOfTheServer() throws Exception {
        long position = 0;
        try (JdbcJobStore store = connect()) {
            get(store.open(kept -> {}));
            for (int i = 0; i < (SOAK ? 20 : 1); i++) {
                CompletableFuture<Void> killed = CompletableFuture.runAsync(() -> {
                    try {
                        server.kill();
                        server.startAgain();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
                long end = position + 200;
                while (position < end || !killed.isDone()) {
                    assertThat(killed).isNotCompletedExceptionally();
                    position = appendAsTheEngineDoes(store, position);
                }
                get(killed);
            }
        }
        assertThat(history()).isEqualTo(numbered(0, position));
    }

    /** Tries at the same position until the store has it. */
    private static long appendAsTheEngineDoes(JdbcJobStore store, long position) {
        try {
            get(store.append(position, List.of(numbered(position))));
            return position + 1;
        } catch (StoreFencedException e) {
            throw e;
        } catch (StoreException e) {
            assertThat(e).hasMessageStartingWith("the store at postgresql://localhost:");
            return position;
        }
    }

    @Test
    @DisplayName("fails while the server is down, in clear words, and works again once it is up")
    void restartOfTheServer() throws Exception {
        try (JdbcJobStore store = connect()) {
            get(store.open(kept -> {}));
            get(store.append(0, numbered(0, 10)));
            server.stop();

            assertThatThrownBy(() -> get(store.append(10, numbered(10, 20))))
                    .isInstanceOf(StoreException.class)
                    .isNotInstanceOf(StoreFencedException.class)
                    .hasMessageContaining("could not write");
            server.startAgain();
            // The first tries may still meet a connection of before; the engine makes them again, too.
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .untilAsserted(() -> get(store.append(10, numbered(10, 20))));
        }
        assertThat(history()).isEqualTo(numbered(0, 20));
    }

    @Test
    @DisplayName("can be made before its server is up, and opened once it is")
    void serverComesLater() throws Exception {
        server.stop();
        try (JdbcJobStore store = connect()) {
            assertThatThrownBy(() -> get(store.open(kept -> {})))
                    .isInstanceOf(StoreException.class)
                    .hasMessageMatching(
                            "the store at postgresql://localhost:\\d+/postgres: could not take the lead: .*refused.*");
            CompletionStage<Void> lead = store.awaitLease();
            server.startAgain();
            get(lead);
            assertThat(get(store.open(kept -> {})).epoch()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("is led by a stand-by within 10 s of a leader's death, with the usual times")
    void takesOverFromTheDead() throws Exception {
        try (AppendingProcess leader = AppendingProcess.start(url, Duration.ofSeconds(5));
                JdbcJobStore standby = JdbcJobStore.postgres(url, "postgres", null, LeasePolicy.of("standby"))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> leader.acknowledged() >= 20);
            CompletableFuture<Void> lead = standby.awaitLease().toCompletableFuture();
            assertThat(get(standby.tryLease())).isFalse();
            assertThat(get(standby.leader())).contains(new Leader("http://leader.example:4000", 1, true));

            leader.kill();

            assertThat(lead).succeedsWithin(Duration.ofSeconds(10));
            List<JobTransition> history = kept(standby);
            assertThat(history).hasSizeGreaterThan((int) leader.acknowledged()).isEqualTo(numbered(0, history.size()));
        }
    }

    @Test
    @DisplayName(
            "is led by a stand-by although a leader is frozen at any moment, which finds itself fenced when it thaws")
    void takesOverFromTheFrozen() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long kept = 0;
        for (int i = 0; i < (SOAK ? 20 : 2); i++) {
            try (AppendingProcess leader = AppendingProcess.start(url, TTL);
                    JdbcJobStore standby = connect()) {
                long target = kept + random.nextInt(300);
                await().atMost(Duration.ofSeconds(60)).until(() -> leader.acknowledged() >= target);
                CompletableFuture<Void> lead = standby.awaitLease().toCompletableFuture();
                leader.freeze();

                assertThat(lead).as("seed %s, round %s", seed, i).succeedsWithin(Duration.ofSeconds(10));
                long before = kept(standby).size();
                get(standby.append(0, numbered(before, before + 10)));
                leader.thaw();

                assertThat(leader.wasFenced()).isTrue();
                assertThat(leader.ended()).contains(LEASE.holder() + " has taken over with epoch");
                assertThat(leader.acknowledged()).isLessThan(before);
                get(standby.append(10, numbered(before + 10, before + 20)));
                kept = before + 20;
            }
            assertThat(history()).isEqualTo(numbered(0, kept));
        }
    }
}
