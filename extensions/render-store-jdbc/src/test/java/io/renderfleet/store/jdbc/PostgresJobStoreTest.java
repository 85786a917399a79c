package io.renderfleet.store.jdbc;

import io.renderfleet.core.spi.JobStore;
import io.renderfleet.testkit.DurableJobStoreContract;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A store in PostgreSQL")
class PostgresJobStoreTest extends DurableJobStoreContract {
    private String url;

    @BeforeEach
    void makeStore() {
        url = PostgresServer.shared().newStore();
    }

    @Override
    protected JobStore connect() {
        return JdbcJobStore.postgres(url, "postgres", null, LeasePolicy.of("test"));
    }
}
