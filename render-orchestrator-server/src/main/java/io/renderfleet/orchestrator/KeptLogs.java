package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.orchestrator.joblog.LogKeeper;
import io.renderfleet.orchestrator.joblog.LogShelf;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The logs that an orchestrator keeps: it reads them always, and adds to them while it leads. Thread-safe. */
final class KeptLogs implements AutoCloseable {
    private final LogShelf shelf;
    private final boolean leads;
    private @Nullable LogKeeper keeper;

    /**
     * @param folder where they lie
     * @param quota how many bytes all of them may take on the disk
     * @param leads whether to keep logs of batches that end, and to remove those of jobs that are not known
     */
    KeptLogs(Path folder, long quota, boolean leads) {
        this.shelf = new LogShelf(folder, quota, LogEndpoint.MOST_BYTES);
        this.leads = leads;
    }

    LogShelf shelf() {
        return shelf;
    }

    /** Begins to keep the logs of a farm, unless another one leads it. */
    synchronized Optional<RenderExecutor.Subscription> begin(RenderExecutor farm) {
        if (!leads) {
            return Optional.empty();
        }
        shelf.keepOnly(farm.jobs().stream().map(RenderJob::id).collect(Collectors.toUnmodifiableSet()));
        LogKeeper fetching = new LogKeeper(farm::log, shelf, LogEndpoint.MOST_BYTES);
        keeper = fetching;
        return Optional.of(farm.listen(fetching));
    }

    @Override
    public synchronized void close() {
        if (keeper != null) {
            keeper.close();
        }
    }
}
