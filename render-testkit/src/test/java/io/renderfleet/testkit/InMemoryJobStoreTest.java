package io.renderfleet.testkit;

import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.store.InMemoryJobStore;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The store in memory")
class InMemoryJobStoreTest extends JobStoreContract {
    @Override
    protected JobStore connect() {
        return new InMemoryJobStore();
    }
}
