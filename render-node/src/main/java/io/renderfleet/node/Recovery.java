package io.renderfleet.node;

import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.node.journal.JobEnd;
import io.renderfleet.node.journal.JobJournal;
import io.renderfleet.node.journal.StoredJob;
import io.renderfleet.node.time.NodeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the job table from the journals of earlier boots. What had ended is answered for as before; what died with the node has
 * failed, and keeps the frames that it had finished.
 */
final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final NodeFolders folders;
    private final NodeTime time;

    Recovery(NodeFolders folders, NodeTime time) {
        this.folders = folders;
        this.time = time;
    }

    /** Answers with the first pid that was not used yet. */
    long fill(JobTable table) throws IOException {
        List<JobTable.Entry> entries = new ArrayList<>();
        try (Stream<Path> journals = Files.list(folders.jobs())) {
            journals.forEach(journal -> restore(journal).ifPresent(entries::add));
        }
        entries.sort(
                Comparator.comparing(entry -> Objects.requireNonNull(entry.job().endedAt())));
        long lastPid = 0;
        for (JobTable.Entry entry : entries) {
            table.add(entry);
            lastPid = Math.max(lastPid, entry.job().pid());
        }
        return lastPid + 1;
    }

    private Optional<JobTable.Entry> restore(Path journal) {
        try {
            Optional<StoredJob> stored = StoredJob.read(journal);
            if (stored.isEmpty()) {
                // The node was killed before the job was accepted.
                FileTree.remove(journal);
            }
            return stored.map(this::restore);
        } catch (IOException | IllegalArgumentException e) {
            log.error("The journal {} cannot be read: its job is unknown from now on", journal, e);
            return Optional.empty();
        }
    }

    private JobTable.Entry restore(StoredJob stored) {
        JobFolder folder = JobFolder.of(folders, stored.job());
        JobEnd end = stored.end() != null ? stored.end() : endNow(stored, folder);
        NodeJob job = NodeJob.ofEarlierBoot(stored, NodeJobState.valueOf(end.state()), end, time);
        return new JobTable.Entry(job, JobFiles.ofEnded(folder), null);
    }

    private JobEnd endNow(StoredJob stored, JobFolder folder) {
        boolean complete = stored.frames().minus(stored.finished()).isEmpty();
        JobEnd end = complete
                ? new JobEnd(NodeJobState.COMPLETED.name(), time.now(), null)
                : new JobEnd(
                        NodeJobState.FAILED.name(),
                        time.now(),
                        Failure.of(
                                FailureKind.NODE_RESTARTED,
                                "The node was restarted while it rendered; the frames that were finished are kept."));
        folder.clear();
        try (JobJournal journal = JobJournal.reopen(folder.journal())) {
            journal.ended(end);
        } catch (IOException e) {
            log.warn("Job {}: its end cannot be written down: {}", stored.job().id(), e.toString());
        }
        return end;
    }
}
