package io.renderfleet.store.jdbc;

import io.renderfleet.core.spi.JobStore;
import io.renderfleet.testkit.DurableJobStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A store in an H2 file")
class H2JobStoreTest extends DurableJobStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected JobStore connect() {
        return JdbcJobStore.h2(folder.resolve("farm/jobs"));
    }
}
