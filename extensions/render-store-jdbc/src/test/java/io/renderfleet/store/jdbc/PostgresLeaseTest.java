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
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A store in PostgreSQL, shared by a leader and stand-bys,")
class PostgresLeaseTest {
    private String url;

    @BeforeEach
    void makeStore() {
        url = PostgresServer.shared().newStore();
    }

    private JdbcJobStore connect(String holder) {
        return JdbcJobStore.postgres(
                url, "postgres", null, new LeasePolicy(holder, Duration.ofSeconds(2), Duration.ofMillis(200)));
    }

    private List<String> query(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", null);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> column = new ArrayList<>();
            while (rows.next()) {
                column.add(rows.getString(1));
            }
            return column;
        }
    }

    @Test
    @DisplayName("is led by one for as long as that one renews, and at once by a stand-by when it closes")
    void handsOver() {
        JdbcJobStore leader = connect("http://a.example:4000");
        try (JdbcJobStore standby = connect("http://b.example:4000")) {
            assertThat(get(standby.leader())).isEmpty();
            assertThat(get(leader.tryLease())).isTrue();
            assertThat(get(leader.open(kept -> {})).epoch()).isEqualTo(1);
            CompletableFuture<Void> lead = standby.awaitLease().toCompletableFuture();

            await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(30)).until(() -> !lead.isDone());
            assertThat(get(standby.leader())).contains(new Leader("http://a.example:4000", 1, true));
            leader.close();

            assertThat(lead).succeedsWithin(Duration.ofSeconds(10));
            assertThat(get(standby.open(kept -> {})).epoch()).isEqualTo(2);
            assertThat(get(standby.leader())).contains(new Leader("http://b.example:4000", 2, true));
        }
    }

    @Test
    @DisplayName("gives the lead to exactly one of several that wait")
    void oneOfSeveral() {
        List<JdbcJobStore> stores = new ArrayList<>();
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            JdbcJobStore store = connect("holder-" + i);
            stores.add(store);
            waiting.add(store.awaitLease().toCompletableFuture());
        }

        await().until(() -> waiting.stream().anyMatch(CompletableFuture::isDone));
        await().during(Duration.ofSeconds(1))
                .until(() -> waiting.stream().filter(CompletableFuture::isDone).count() == 1);
        // The leader last: the lead that it gives up would go to one that waits still.
        JdbcJobStore leader = stores.remove(
                waiting.stream().map(CompletableFuture::isDone).toList().indexOf(true));
        stores.forEach(JdbcJobStore::close);
        leader.close();
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        assertThat(waiting.stream().filter(CompletableFuture::isCompletedExceptionally))
                .hasSize(3);
    }

    @Test
    @DisplayName("is not kept from others by one that cannot read its history")
    void leadsNotWithoutHistory() throws Exception {
        try (JdbcJobStore before = connect("before")) {
            get(before.open(kept -> {}));
            get(before.append(0, numbered(0, 1)));
        }
        query("update renderfleet_transition set form = 9 returning seq");
        try (JdbcJobStore older = connect("older version");
                JdbcJobStore newer = connect("newer version")) {
            assertThatThrownBy(() -> get(older.open(kept -> {})))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("use the newer version that wrote it");

            assertThat(newer.awaitLease().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    @DisplayName("is awaited on although the application's pool throws what it likes")
    void throwingPool() {
        AtomicInteger asked = new AtomicInteger();
        DataSource pool = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    if (asked.getAndIncrement() < 2) {
                        throw new IllegalStateException("the pool is not ready");
                    }
                    return DriverManager.getConnection(url, "postgres", null);
                });
        try (JdbcJobStore store =
                JdbcJobStore.of(pool, new LeasePolicy("a", Duration.ofSeconds(2), Duration.ofMillis(200)))) {
            assertThat(store.awaitLease().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    @DisplayName("tells a leader that writes nothing that it was overtaken")
    void tellsTheIdle() throws Exception {
        try (JdbcJobStore older = connect("older");
                JdbcJobStore newer = connect("newer")) {
            CountDownLatch told = new CountDownLatch(1);
            older.onFenced(told::countDown);
            get(older.open(kept -> {}));
            get(newer.open(kept -> {}));

            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> get(older.append(0, numbered(0, 1))))
                    .isInstanceOf(StoreFencedException.class)
                    .hasMessage("newer has taken over with epoch 2; this one had 1");
        }
    }

    @Test
    @DisplayName("does not open for one that waited for the lead and lost it again before")
    void lostBetween() {
        try (JdbcJobStore slow = connect("slow");
                JdbcJobStore quick = connect("quick")) {
            get(slow.awaitLease());
            get(quick.open(kept -> {}));

            assertThatThrownBy(() -> get(slow.open(kept -> {}))).isInstanceOf(StoreFencedException.class);
            get(quick.append(0, numbered(0, 1)));
        }
    }

    @Test
    @DisplayName("can be followed by a stand-by that reads on from where it was")
    void followsTheHistory() {
        try (JdbcJobStore leader = connect("leader");
                JdbcJobStore standby = connect("standby")) {
            get(leader.open(kept -> {}));
            get(leader.append(0, numbered(0, 5)));

            List<StoredTransition> first = get(standby.history(0, 3));
            assertThat(first.stream().map(StoredTransition::transition)).isEqualTo(numbered(0, 3));
            List<StoredTransition> second = get(standby.history(first.get(2).sequence(), 100));
            assertThat(second.stream().map(StoredTransition::transition)).isEqualTo(numbered(3, 5));
            long last = second.get(1).sequence();
            assertThat(get(standby.history(last, 100))).isEmpty();

            JobTransition forgotten = new JobTransition.JobForgotten(Instant.now(), Samples.JOB);
            get(leader.append(5, List.of(forgotten)));
            assertThat(get(standby.history(last, 100)).stream().map(StoredTransition::transition))
                    .hasSize(1)
                    .allMatch(JobTransition.JobForgotten.class::isInstance);
            assertThat(get(standby.history(0, 100))).hasSize(1);
        }
    }

    @Test
    @DisplayName("keeps the note of a forgotten job for a day, and no longer")
    void dropsOldNotes() {
        Instant now = Instant.now();
        try (JdbcJobStore leader = connect("leader")) {
            get(leader.open(kept -> {}));
            get(leader.append(
                    0,
                    List.of(
                            new JobTransition.JobForgotten(now.minus(Duration.ofHours(25)), Samples.JOB),
                            new JobTransition.JobForgotten(now.minus(Duration.ofHours(23)), Samples.JOB))));
        }
        try (JdbcJobStore next = connect("next")) {
            get(next.open(kept -> {}));

            assertThat(get(next.history(0, 10)).stream()
                            .map(note -> note.transition().at()))
                    .hasSize(1)
                    .allMatch(at -> at.isAfter(now.minus(Duration.ofHours(24))));
        }
    }

    @Test
    @DisplayName("commits all that is queued at once")
    void commitsTogether() throws Exception {
        try (JdbcJobStore store = connect("leader");
                Connection other = DriverManager.getConnection(url, "postgres", null);
                Statement statement = other.createStatement()) {
            get(store.open(kept -> {}));
            other.setAutoCommit(false);
            statement.execute("select * from renderfleet_farm for update");
            List<CompletionStage<Void>> appends = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                appends.add(store.append(i, numbered(i, i + 1)));
            }
            other.rollback();
            appends.forEach(Samples::get);

            // What had been taken before the lock stood in the way, and all the rest.
            assertThat(query("select distinct xmin::text from renderfleet_transition"))
                    .hasSizeLessThanOrEqualTo(2);
            assertThat(get(store.history(0, 1_000))).hasSize(500);
            assertThat(query("select seq from renderfleet_transition")).hasSizeLessThan(10);
        }
    }

    @Test
    @DisplayName("notices a write that came through although its sender heard of an error")
    void noticesWhatCameThrough() throws Exception {
        try (JdbcJobStore store = connect("leader");
                Connection other = DriverManager.getConnection(url, "postgres", null);
                Statement statement = other.createStatement()) {
            get(store.open(kept -> {}));
            get(store.append(0, numbered(0, 1)));
            other.setAutoCommit(false);
            // Another sender of the same write, as an earlier connection of the store would be that was given up.
            statement.execute("update renderfleet_farm set next_seq = 3");
            statement.execute("insert into renderfleet_transition select 2, epoch, 1, job, kind, form, at,"
                    + " replace(body, '\"priority\":0', '\"priority\":1') from renderfleet_transition");
            CompletionStage<Void> again = store.append(1, numbered(1, 3));
            other.commit();

            get(again);
        }
        try (JdbcJobStore store = connect("reader")) {
            assertThat(kept(store).stream().map(it -> ((JobTransition.JobReprioritized) it).priority()))
                    .containsExactly(0, 1, 2);
        }
    }

    @Test
    @DisplayName("says so if the database has lost what it had acknowledged")
    void noticesLoss() throws Exception {
        try (JdbcJobStore store = connect("leader")) {
            get(store.open(kept -> {}));
            get(store.append(0, numbered(0, 10)));
            try (Connection other = DriverManager.getConnection(url, "postgres", null);
                    Statement statement = other.createStatement()) {
                statement.execute("update renderfleet_farm set next_seq = 5");
                statement.execute("delete from renderfleet_transition where seq >= 5");
            }

            assertThatThrownBy(() -> get(store.append(10, numbered(10, 11))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("has lost transitions that it had acknowledged");
        }
    }

    @Test
    @DisplayName("refuses tables that a newer version has made")
    void refusesNewerTables() throws Exception {
        try (JdbcJobStore store = connect("older")) {
            get(store.open(kept -> {}));
        }
        try (Connection connection = DriverManager.getConnection(url, "postgres", null);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into renderfleet_schema select 99, '99', 'later', type, script, checksum, installed_by,"
                            + " installed_on, execution_time, success from renderfleet_schema where version = '1'");
        }

        try (JdbcJobStore store = connect("older")) {
            assertThatThrownBy(() -> get(store.open(kept -> {})))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("its tables were made by a newer version: use that one");
        }
    }

    @Test
    @DisplayName("lives beside the tables of an application")
    void sharesADatabase() throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "postgres", null);
                Statement statement = connection.createStatement()) {
            statement.execute("create table films (name text)");
        }

        try (JdbcJobStore store = connect("leader")) {
            get(store.open(kept -> {}));
            get(store.append(0, numbered(0, 1)));
        }
        assertThat(query("select tablename from pg_tables where schemaname = current_schema()"))
                .containsExactlyInAnyOrder(
                        "films",
                        "renderfleet_farm",
                        "renderfleet_schema",
                        "renderfleet_transition",
                        "renderfleet_value");
    }

    @Test
    @DisplayName("never tells a password")
    void tellsNoPassword() {
        String secret = "hunter2-is-secret";
        String address = url.replace("localhost", "127.0.0.1") + "&user=nobody&password=" + secret;
        try (JdbcJobStore store = JdbcJobStore.postgres(address, null, null, LeasePolicy.of(""))) {
            Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(() -> get(store.open(kept -> {})));

            assertThat(thrown).isInstanceOf(StoreException.class);
            for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                assertThat(cause.toString()).doesNotContain(secret);
            }
            assertThat(store.toString()).doesNotContain(secret);
        }
        assertThatThrownBy(() -> JdbcJobStore.postgres(
                        "jdbc:postgresql://me:" + secret + "@host/db", null, null, LeasePolicy.of("")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give them by themselves")
                .hasMessageNotContaining(secret);
        assertThatThrownBy(() -> JdbcJobStore.postgres(
                        "jdbc:mysql://host/db?password=" + secret, null, null, LeasePolicy.of("")))
                .hasMessageContaining("jdbc:mysql://host/db")
                .hasMessageContaining("must begin with jdbc:postgresql:")
                .hasMessageNotContaining(secret);
    }
}
