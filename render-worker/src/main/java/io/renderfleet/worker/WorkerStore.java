package io.renderfleet.worker;

import io.renderfleet.core.content.CachedContentStore;
import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.content.RemoteContent;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.http.server.cli.SharedStore;
import io.renderfleet.store.s3.S3Content;
import io.renderfleet.store.s3.S3Location;
import io.renderfleet.transport.http.HttpTransportBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;

/** The way of a worker to scenes and frames. */
sealed interface WorkerStore {
    /** What the flags say. */
    SharedStore named();

    /**
     * Opens it.
     *
     * @param copies where copies of what is far away lie, unless a flag names a folder
     * @return a store that is ready for use
     * @throws IOException if it cannot be used
     */
    ContentStore open(Path copies) throws IOException;

    /** A folder that all see. */
    record InFolder(SharedStore named) implements WorkerStore {
        @Override
        public ContentStore open(Path copies) throws IOException {
            return FolderContentStore.shared(
                    Path.of(named.address()),
                    named.limit(),
                    named.bytes(),
                    InstantSource.system(),
                    ContentLayout.asIs("content"));
        }

        @Override
        public String toString() {
            return named.toString();
        }
    }

    /** A bucket, of which orchestrators see to it that it does not grow too large. */
    record InBucket(SharedStore named, S3Location where) implements WorkerStore {
        @Override
        public ContentStore open(Path copies) throws IOException {
            return cached(
                    S3Content.open(where, named.limit(), S3Content.NO_QUOTA, InstantSource.system()), named, copies);
        }

        @Override
        public String toString() {
            return where.toString();
        }
    }

    /** What an orchestrator has. */
    record OfOrchestrator(SharedStore named, URI server, HttpTransportBuilder calls) implements WorkerStore {
        @Override
        public ContentStore open(Path copies) throws IOException {
            return cached(calls.content(server, named.limit()), named, copies);
        }

        @Override
        public String toString() {
            return server.toString();
        }
    }

    private static ContentStore cached(RemoteContent remote, SharedStore named, Path copies) throws IOException {
        return CachedContentStore.open(
                remote, named.copies().folder(copies), named.copies().bytes(), InstantSource.system());
    }
}
