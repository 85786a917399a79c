package io.renderfleet.node.server;

import io.renderfleet.core.model.Failure;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.NodeListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log of the program says about jobs. */
final class JobLogs implements NodeListener {
    private static final Logger LOG = LoggerFactory.getLogger(JobLogs.class);

    @Override
    public void jobTaken(NodeJobView job) {
        LOG.info("Job {} (pid {}) takes frames {}", job.id(), job.pid(), job.frames());
    }

    @Override
    public void frameFailed(NodeJobView job, Failure failure) {
        LOG.warn("Job {}: {}: {}", job.id(), failure.kind(), failure.message());
    }

    @Override
    public void jobEnded(NodeJobView job) {
        Failure failure = job.failure();
        LOG.info(
                "Job {} has ended: {}; frames {} are finished{}",
                job.id(),
                job.state().wireName(),
                job.finished().isEmpty() ? "(none)" : job.finished(),
                failure == null ? "" : "; " + failure.kind() + ": " + failure.message());
    }
}
