package io.renderfleet.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration.JobRunrConfigurationResult;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** Job requests, enqueued in bulk, with the shortest poll interval that it takes; a worker that is idle does not wait for it. */
final class JobRunrTasks implements DurableThroughput.Contestant {
    private static final int CONNECTIONS = 50;

    private final EmbeddedPostgres server;

    JobRunrTasks(EmbeddedPostgres server) {
        this.server = server;
    }

    /**
     * Asks for nothing.
     *
     * @param number tells it from others
     */
    public record Nothing(int number) implements JobRequest {
        @Override
        public Class<NothingHandler> getJobRequestHandler() {
            return NothingHandler.class;
        }
    }

    /** Does nothing. */
    public static final class NothingHandler implements JobRequestHandler<Nothing> {
        /** Made by JobRunr. */
        public NothingHandler() {}

        @Override
        public void run(Nothing request) {}
    }

    @Override
    public String name() {
        return "JobRunr";
    }

    @Override
    public Duration run(int tasks) throws Exception {
        DurableThroughput.execute(server, "drop schema if exists jobrunr cascade; create schema jobrunr");
        try (HikariDataSource source = Peers.pool(server, CONNECTIONS)) {
            JobRunrConfigurationResult jobRunr = JobRunr.configure()
                    .useJsonMapper(new JacksonJsonMapper())
                    .useStorageProvider(new PostgresStorageProvider(source, "jobrunr."))
                    .useBackgroundJobServer(
                            BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                                    .andWorkerCount(DurableThroughput.WORKERS)
                                    .andPollInterval(Duration.ofSeconds(5)),
                            false)
                    .initialize();
            jobRunr.getJobRequestScheduler().enqueue(IntStream.range(0, tasks).mapToObj(Nothing::new));
            long began = System.nanoTime();
            jobRunr.getBackgroundJobServer().start();
            Peers.await(server, "select count(*) from jobrunr.jobrunr_jobs where state <> 'SUCCEEDED'", 0);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            JobRunr.destroy();
            return took;
        }
    }
}
