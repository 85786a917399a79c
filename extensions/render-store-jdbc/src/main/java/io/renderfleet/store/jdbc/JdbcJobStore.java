package io.renderfleet.store.jdbc;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoreFencedException;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps jobs in an H2 file or in PostgreSQL.
 *
 * <pre>{@code
 * RenderExecutor.builder().store(JdbcJobStore.h2(Path.of("farm/jobs"))) …
 * }</pre>
 *
 * <p>What is guaranteed:
 *
 * <ul>
 *   <li><em>Durable.</em> Once an append completes, its transitions are committed, and synced to the disk: by PostgreSQL as it is
 *       configured ({@code fsync} and {@code synchronous_commit} are on by default), to the H2 file by this store. They survive
 *       {@code kill -9} of this process and of the server, and loss of power as far as the disk keeps its word.
 *   <li><em>Ordered, and once.</em> Transitions lie in the order of their positions, without gaps and each of them once, whatever
 *       was tried again. An append behind one that failed fails as well.
 *   <li><em>One leader.</em> Each {@link #open} raises the epoch. A write happens only under the newest epoch, which is checked in
 *       the very transaction that writes: one that was overtaken, frozen for however long, or cut off and back writes nothing more, and
 *       gets {@link StoreFencedException}. No clock takes part in this.
 *   <li><em>Take-over.</em> With PostgreSQL a leader holds a lease, on the server's clock, which it renews ({@link LeasePolicy}). The
 *       lease decides only when a stand-by takes the lead by itself ({@link #awaitLease()}): as soon as a leader closes its store, or
 *       has not renewed in time, because it died, is frozen, or cannot reach the server. It holds no lock meanwhile that would be in
 *       the way. An {@link #open} without waiting takes the lead at once.
 *   <li><em>Reading.</em> A reader, leader or not, sees a prefix of the history ({@link #history}).
 * </ul>
 *
 * <p>An H2 file belongs to one process at a time; a second one gets a {@link StoreException} that says so. A database that cannot be
 * reached, or stops in between, makes calls fail with {@link StoreException}; they work again once it does. Makes and updates its tables
 * by itself (names begin with {@code renderfleet_}). What earlier versions wrote stays readable; what a newer one wrote is refused in
 * clear words. Thread-safe; has a thread that writes, one that keeps the lease, and a few for other calls.
 */
public final class JdbcJobStore implements JobStore {
    private static final Logger log = LoggerFactory.getLogger(JdbcJobStore.class);
    private static final Pattern PART = Pattern.compile("[a-z0-9-]{1,40}");
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final int THREADS = 4;

    /** The most that one call of {@link #history} gives. */
    public static final int MAX_HISTORY = 100_000;

    private final Database database;
    private final Writer writer;
    private final LeaseKeeper keeper;
    private final ThreadPoolExecutor calls;
    private final List<Runnable> onFenced = new CopyOnWriteArrayList<>();
    private volatile @Nullable Session session;
    private @Nullable Session awaited;
    private boolean closed;

    private JdbcJobStore(Connections connections, String name, LeasePolicy lease) {
        TransitionCodec codec = new TransitionCodec();
        this.database = new Database(connections, name, lease, codec);
        this.writer = new Writer(database, codec, this::fence);
        this.keeper = new LeaseKeeper(database, lease, this::fence);
        this.calls =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "renderfleet-store-call");
                    thread.setDaemon(true);
                    return thread;
                });
        calls.allowCoreThreadTimeOut(true);
    }

    /**
     * Keeps jobs in an embedded H2 file.
     *
     * @param file where, without H2's ending {@code .mv.db}; made if it is not there, as is its folder
     * @return a store that has not opened the file yet
     * @throws IllegalArgumentException if the path holds a semicolon
     * @throws java.io.UncheckedIOException if the folder cannot be made
     */
    public static JdbcJobStore h2(Path file) {
        return new JdbcJobStore(new H2File(file), "the store in file " + file, LeasePolicy.of(""));
    }

    /**
     * Keeps jobs in a PostgreSQL database, 12 or later.
     *
     * @param url such as {@code jdbc:postgresql://db.example:5432/renderfleet}, with the driver's parameters if need be
     * @param user the role, which may make tables in the current schema of the database; null where the address names it
     * @param password its password; null where there is none, or the address has it
     * @param lease how this process holds the lead
     * @return a store that has not connected yet
     * @throws IllegalArgumentException if the address is not one of PostgreSQL
     */
    public static JdbcJobStore postgres(
            String url, @Nullable String user, @Nullable String password, LeasePolicy lease) {
        PostgresPool pool = new PostgresPool(url, user, password);
        return new JdbcJobStore(pool, "the store at " + PostgresPool.where(url), lease);
    }

    /**
     * Keeps jobs in a database to which the application has a pool of connections.
     *
     * @param source gives connections to PostgreSQL, or to an H2 database with {@code WRITE_DELAY=0}; three at a time are enough. Not
     *     closed with the store
     * @param lease how this process holds the lead
     * @return a store that has not connected yet
     */
    public static JdbcJobStore of(DataSource source, LeasePolicy lease) {
        return new JdbcJobStore(() -> source, "the store in the application's database", lease);
    }

    /**
     * Takes the lead at once, even from another leader; the one that {@link #awaitLease()} got, if there is one.
     *
     * @return as the interface says; {@link StoreFencedException} if the lead was awaited and is lost again by now
     */
    @Override
    public CompletionStage<StoreOpening> open(Consumer<JobTransition> history) {
        return call(() -> {
            Session taken = takeAwaited();
            if (taken == null) {
                taken = new Session(database.takeOver(true).orElseThrow());
            }
            session = taken;
            keeper.keep(taken);
            try {
                return begin(taken, history);
            } catch (RuntimeException | Error e) {
                // Somebody else may be able to lead, and this one does not.
                session = null;
                keeper.drop(taken);
                release(taken);
                throw e;
            }
        });
    }

    private StoreOpening begin(Session taken, Consumer<JobTransition> history) {
        database.dropOldNotes();
        long kept = database.read(0, Long.MAX_VALUE, stored -> history.accept(stored.transition()));
        stillLeading(taken);
        log.info("{}: leading with epoch {}, {} transitions are kept", database, taken.term.epoch(), kept);
        return new StoreOpening(taken.term.farm(), taken.term.epoch(), taken.term.lastAttempt());
    }

    private void stillLeading(Session taken) {
        Leader leader = database.state().leader();
        if (leader.epoch() != taken.term.epoch()) {
            fence(taken, leader);
        }
        taken.requireLead();
    }

    private synchronized @Nullable Session takeAwaited() {
        Session taken = awaited;
        awaited = null;
        return taken;
    }

    private synchronized void had(LeaderTerm term) {
        Session taken = new Session(term);
        awaited = taken;
        keeper.keep(taken);
    }

    /**
     * Takes the lead if nobody has it; with an H2 file, always.
     *
     * @return whether {@link #open} can follow
     */
    public CompletionStage<Boolean> tryLease() {
        return call(() -> {
            Optional<LeaderTerm> term = database.takeOver(false);
            term.ifPresent(this::had);
            return term.isPresent();
        });
    }

    /**
     * Waits for the lead, as a stand-by does; {@link #open} follows. Errors are logged, and it is tried again.
     *
     * @return completed once this store has the lead and renews its lease; exceptionally with {@link StoreException} if it is closed
     *     before
     */
    public CompletionStage<Void> awaitLease() {
        return keeper.await(this::had).thenAccept(term -> log.info("{}: got the lead", database));
    }

    /**
     * Asks who leads.
     *
     * @return the last one that took the lead; empty if nobody ever did
     */
    public CompletionStage<Optional<Leader>> leader() {
        return call(() -> Optional.of(database.state().leader()).filter(leader -> leader.epoch() > 0));
    }

    /**
     * Reads on in the history, as a stand-by does that answers questions about jobs. {@link JobTransition.JobForgotten} stands there for
     * at least a day after the transitions of its job are gone.
     *
     * @param after the sequence number of the last transition that is known, 0 to begin
     * @param limit how many at most, 1 to {@value #MAX_HISTORY}
     * @return those that come next, in order; empty if there are none yet
     * @throws IllegalArgumentException if the limit is out of range
     */
    public CompletionStage<List<StoredTransition>> history(long after, int limit) {
        if (limit < 1 || limit > MAX_HISTORY) {
            throw new IllegalArgumentException("limit is " + limit + ": it must be from 1 to " + MAX_HISTORY);
        }
        return call(() -> {
            List<StoredTransition> next = new ArrayList<>();
            database.read(after, limit, next::add);
            return next;
        });
    }

    @Override
    public void onFenced(Runnable action) {
        onFenced.add(action);
    }

    private void fence(Session overtaken, Leader leader) {
        if (overtaken.fence(leader)) {
            log.warn("{}: another coordinator leads with epoch {}: {}", database, leader.epoch(), leader.holder());
            if (overtaken.equals(session)) {
                onFenced.forEach(Runnable::run);
            }
        }
    }

    @Override
    public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
        Session current = session;
        return current == null
                ? CompletableFuture.failedStage(new StoreException(database + ": is not open", null))
                : writer.append(current, position, transitions);
    }

    @Override
    public StoredValues values(String part) {
        if (!PART.matcher(part).matches()) {
            throw new IllegalArgumentException(
                    "part is '" + part + "': it must have 1 to 40 small letters, digits and hyphens");
        }
        return new Values(part);
    }

    /** The values of one part of the software. */
    private final class Values implements StoredValues {
        private final String part;

        private Values(String part) {
            this.part = part;
        }

        @Override
        public CompletionStage<Map<String, String>> all() {
            return call(() -> database.values(part));
        }

        @Override
        public CompletionStage<Void> put(String name, String value) {
            StoredValues.check(name, value);
            return keep(name, value);
        }

        @Override
        public CompletionStage<Void> remove(String name) {
            return keep(name, null);
        }

        private CompletionStage<Void> keep(String name, @Nullable String value) {
            return call(() -> {
                Session current = session;
                if (current == null) {
                    throw new StoreException(database + ": is not open", null);
                }
                current.requireLead();
                if (!database.keep(current.term, part, name, value)) {
                    fence(current, database.state().leader());
                    current.requireLead();
                    throw new StoreException(database + ": the value of " + name + " could not be kept", null);
                }
                return null;
            });
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private <T> CompletionStage<T> call(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            calls.execute(() -> {
                try {
                    result.complete(work.get());
                } catch (StoreException e) {
                    result.completeExceptionally(e);
                } catch (RuntimeException | Error e) {
                    if (isClosed()) {
                        // A pool that is being closed fails as it can.
                        log.debug("{}: failed while it was closed", database, e);
                    } else {
                        log.error("{}: failed", database, e);
                    }
                    result.completeExceptionally(new StoreException(database + ": failed: " + e, e));
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new StoreException(database + ": is closed", null));
        }
        return result;
    }

    /** Writes what is queued, gives up the lead, so that a stand-by need not wait, and closes its connections. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        writer.close(CLOSING);
        keeper.close();
        calls.shutdown();
        boolean led = release(session);
        boolean waitedFor = release(takeAwaited());
        try {
            database.close(led || waitedFor);
        } catch (StoreException e) {
            log.warn("{}", e.getMessage());
        }
    }

    /** Says whether there was something to give up. */
    private boolean release(@Nullable Session last) {
        if (last == null || last.fenced() != null) {
            return false;
        }
        try {
            database.release(last.term);
        } catch (StoreException e) {
            log.warn("{}", e.getMessage());
        }
        return true;
    }

    @Override
    public String toString() {
        return database.toString();
    }
}
