package io.renderfleet.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** One-time tasks, locked and fetched many at once ("lock-and-fetch"), the fastest of its ways to poll. */
final class DbSchedulerTasks implements DurableThroughput.Contestant {
    private static final int CONNECTIONS = 50;

    private static final String TABLES = """
        drop table if exists scheduled_tasks;
        create table scheduled_tasks (
            task_name text not null,
            task_instance text not null,
            task_data bytea,
            execution_time timestamp with time zone,
            picked boolean not null,
            picked_by text,
            last_success timestamp with time zone,
            last_failure timestamp with time zone,
            consecutive_failures int,
            last_heartbeat timestamp with time zone,
            version bigint not null,
            priority smallint,
            state text,
            primary key (task_name, task_instance));
        create index on scheduled_tasks (execution_time);
        create index on scheduled_tasks (last_heartbeat);\
        """;

    private final EmbeddedPostgres server;

    DbSchedulerTasks(EmbeddedPostgres server) {
        this.server = server;
    }

    @Override
    public String name() {
        return "db-scheduler";
    }

    @Override
    public Duration run(int tasks) throws Exception {
        DurableThroughput.execute(server, TABLES);
        CountDownLatch executed = new CountDownLatch(tasks);
        OneTimeTask<Void> task = Tasks.oneTime("nothing").execute((instance, context) -> executed.countDown());
        try (HikariDataSource source = Peers.pool(server, CONNECTIONS)) {
            Scheduler scheduler = Scheduler.create(source, task)
                    .threads(DurableThroughput.WORKERS)
                    .pollUsingLockAndFetch(0.5, 4.0)
                    .pollingInterval(Duration.ofMillis(100))
                    .build();
            List<TaskInstance<?>> instances = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                instances.add(task.instance("task-" + i));
            }
            scheduler.scheduleBatch(instances, Instant.now().minusSeconds(1));
            long began = System.nanoTime();
            scheduler.start();
            executed.await();
            // A task is done once its row is gone.
            Peers.await(server, "select count(*) from scheduled_tasks", 0);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            scheduler.stop();
            return took;
        }
    }
}
