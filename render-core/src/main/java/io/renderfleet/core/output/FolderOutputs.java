package io.renderfleet.core.output;

import io.renderfleet.core.local.OwnFolder;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.OutputStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes frames in folders of a file system.
 *
 * <p>A job's frames lie in the folder that its request names, or in {@code {root}/{job}}. Fetched files are staged in {@code
 * .renderfleet/{job}} inside that folder, so that publishing is a hard link or a rename on one file system: a frame is there whole or
 * not at all. What a job has published is never replaced: the first copy wins, also over a restart. A file that was there before the
 * job was opened is replaced, since it is the leftover of another one.
 *
 * <p>What is published is on the disk before {@link #publish} returns, unless {@link #leavingSyncToSystem} says otherwise: first the content, then the
 * receipt that says whose file it is, then its name. So a loss of power takes no frame that has been accepted, and leaves none that
 * nobody owns.
 *
 * <p>Thread-safe. Symbolic links inside a job's folder are not followed out of it.
 */
public final class FolderOutputs implements OutputStore {
    private static final Logger log = LoggerFactory.getLogger(FolderOutputs.class);
    private static final String STAGING = ".renderfleet";
    private static final String OPENED = "opened";
    private static final String RECEIPTS = "published";

    private final Path root;
    private final boolean shared;
    private final DiskSync disk;
    private final Map<JobId, Path> folders = new ConcurrentHashMap<>();

    /** Of two copies of a frame that come together one waits: neither may take what the other has left there for somebody else's. */
    private final Object[] locks = Stream.generate(Object::new).limit(64).toArray();

    /**
     * Makes a store.
     *
     * @param root where jobs that name no folder get one of their own; made when the first needs it
     */
    public FolderOutputs(Path root) {
        this(root, false, DiskSync.FULL);
    }

    FolderOutputs(Path root, boolean shared, DiskSync disk) {
        this.root = root.toAbsolutePath().normalize();
        this.shared = shared;
        this.disk = disk;
    }

    /**
     * Makes a store in a folder that nodes share: what they have rendered is published from there and not fetched. Frames of nodes that
     * do not share it are fetched as ever.
     *
     * @param root also the folder in which the nodes write, wherever they see it
     * @return a store that looks there first
     */
    public static FolderOutputs sharedWithNodes(Path root) {
        return new FolderOutputs(root, true, DiskSync.FULL);
    }

    /**
     * Makes a store likewise that does not wait for the disk. It publishes sooner, and what was accepted in the seconds before a loss of power
     * may then be empty or gone, although its job counts it as done. Nothing is lost where only the process ends.
     *
     * @return another store, in which no job is open
     */
    public FolderOutputs leavingSyncToSystem() {
        return new FolderOutputs(root, shared, DiskSync.NONE);
    }

    @Override
    public Path open(JobId job, @Nullable Path requested) throws IOException {
        Path folder = requested == null ? root.resolve(job.value()) : requested;
        Path above = nearestThere(folder.toAbsolutePath());
        make(folder.toAbsolutePath(), requested == null && !shared);
        Path real = folder.toRealPath();
        Path staging = real.resolve(STAGING).resolve(job.value());
        Files.createDirectories(staging.resolve(RECEIPTS));
        try {
            Files.createFile(staging.resolve(OPENED));
        } catch (FileAlreadyExistsException e) {
            log.debug("job {} is opened again", job);
        }
        disk.folders(staging, above.toRealPath());
        folders.put(job, real);
        return real;
    }

    /** The folder itself, or the first above it that exists: whose names change when it is made. */
    private static Path nearestThere(Path folder) {
        Path there = folder;
        for (Path above = folder; above != null && !Files.exists(there); above = above.getParent()) {
            there = above;
        }
        return there;
    }

    /** A folder that somebody asked for, or that others write into, gets the rights that are usual there. */
    private static void make(Path folder, boolean own) throws IOException {
        if (own) {
            OwnFolder.makeForGroup(folder);
        } else {
            Files.createDirectories(folder);
        }
    }

    @Override
    public Path stage(JobId job, AttemptId attempt, OutputFile file) throws IOException {
        Path staged =
                staging(job).resolve(attempt.epoch() + "-" + attempt.seq()).resolve(path(file.name()));
        Files.createDirectories(parent(staged));
        Files.deleteIfExists(staged);
        return staged;
    }

    private static Path path(String name) throws IOException {
        try {
            return Path.of(name).normalize();
        } catch (InvalidPathException e) {
            throw new IOException(
                    "the file name " + name
                            + " cannot be written in the locale of this process: start it with LC_ALL=C.UTF-8",
                    e);
        }
    }

    @Override
    public boolean adopt(JobId job, AttemptId attempt, OutputFile file, Path staged, ContentCheck check)
            throws IOException {
        return shared && new SharedAttempts(folder(job)).adopt(attempt, file, staged, check);
    }

    @Override
    public OutputFile publish(JobId job, Path staged, OutputFile file) throws IOException {
        Path target = published(job, file.name());
        Path folder = Files.createDirectories(parent(target)).toRealPath();
        if (!folder.startsWith(folder(job))) {
            throw new IOException("the folder of " + file.name() + " is a link that leaves the job's folder");
        }
        Path receipts =
                staging(job).resolve(RECEIPTS).resolve(Path.of(file.name()).normalize());
        disk.file(staged);
        OutputFile published;
        synchronized (locks[Math.floorMod(target.hashCode(), locks.length)]) {
            published = publish(job, staged, file, target, receipts);
        }
        disk.folders(folder, folder(job));
        return published;
    }

    private OutputFile publish(JobId job, Path staged, OutputFile file, Path target, Path receipts) throws IOException {
        OutputFile before = publishedBefore(receipts, target, file);
        if (before == null) {
            // The receipt comes first: a file without one is somebody else's, whenever this process may have been
            // ended.
            leave(receipts, file.sha256());
            disk.folders(receipts, staging(job).resolve(RECEIPTS));
            if (link(staged, target)) {
                return file;
            }
            // Another coordinator of the job may just have been quicker.
            before = publishedBefore(receipts, target, file);
        }
        if (before != null) {
            // Whoever has published it may have been ended before it was on the disk.
            disk.file(target);
            disk.folders(receipts, staging(job).resolve(RECEIPTS));
            Files.deleteIfExists(staged);
            return before;
        }
        if (!isLeftover(job, target)) {
            throw new FileAlreadyExistsException(file.name());
        }
        Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return file;
    }

    private static void leave(Path receipts, Sha256 digest) throws IOException {
        Files.createDirectories(receipts);
        try {
            Files.createFile(receipts.resolve(digest.hex()));
        } catch (FileAlreadyExistsException e) {
            log.trace("the receipt was there: {}", receipts);
        }
    }

    /** The file that this job has published under that name, if it has: one of those for which there is a receipt. */
    private static @Nullable OutputFile publishedBefore(Path receipts, Path target, OutputFile file)
            throws IOException {
        if (!Files.isDirectory(receipts) || !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        Sha256 there = Sha256.of(target);
        boolean ours = Files.exists(receipts.resolve(there.hex()));
        return ours ? new OutputFile(file.name(), Files.size(target), there, file.main()) : null;
    }

    @Override
    public Path published(JobId job, String name) {
        Path folder = folder(job);
        Path path = folder.resolve(name).normalize();
        if (path.equals(folder) || !path.startsWith(folder)) {
            throw new IllegalArgumentException(
                    "file name '" + name + "' leaves the job's folder: give a path below it");
        }
        return path;
    }

    @Override
    public void sweep(JobId job) {
        // The folder stays known: what is published there is asked for after the job has ended, too.
        Path folder = folders.get(job);
        if (folder == null) {
            return;
        }
        Path staging = folder.resolve(STAGING);
        try (Stream<Path> files = Files.walk(staging.resolve(job.value()))) {
            files.sorted(Comparator.reverseOrder()).forEach(FolderOutputs::delete);
            delete(staging);
        } catch (IOException | UncheckedIOException e) {
            log.warn("could not remove what job {} has left in its staging folder: {}", job, e.toString());
        }
    }

    /** Hard links are exclusive and atomic; where there are none, an exclusive copy under the name would not be whole at once. */
    private static boolean link(Path staged, Path target) throws IOException {
        HardLink.Outcome linked = HardLink.make(target, staged);
        if (linked == HardLink.Outcome.MADE) {
            Files.delete(staged);
        } else if (linked == HardLink.Outcome.IMPOSSIBLE && !Files.exists(target)) {
            Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
        } else {
            return false;
        }
        return true;
    }

    private boolean isLeftover(JobId job, Path target) throws IOException {
        return Files.getLastModifiedTime(target)
                        .compareTo(Files.getLastModifiedTime(staging(job).resolve(OPENED)))
                < 0;
    }

    private Path staging(JobId job) {
        return folder(job).resolve(STAGING).resolve(job.value());
    }

    private Path folder(JobId job) {
        Path folder = folders.get(job);
        return folder == null ? root.resolve(job.value()) : folder;
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            log.trace("left in place: {}", path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
