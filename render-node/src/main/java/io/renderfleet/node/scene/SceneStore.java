package io.renderfleet.node.scene;

import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.local.FileTree;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.node.files.SafePath;
import io.renderfleet.node.time.NodeTime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scenes that were sent to a node, by content. A zip is unpacked when it comes, so that the sender learns what is wrong with it.
 * Thread-safe.
 */
public final class SceneStore {
    private static final Logger log = LoggerFactory.getLogger(SceneStore.class);
    private static final String PLAIN = "scene.blend";
    private static final String ZIPPED = "scene.zip";
    private static final String UNPACKED = "files";
    static final String NAMED = "named";
    private static final int DIGEST_LENGTH = 64;

    private final FolderContentStore content;
    private final SceneSeals seals;

    private SceneStore(FolderContentStore content, SceneSeals seals) {
        this.content = content;
        this.seals = seals;
    }

    /**
     * Opens a store; what broken uploads have left is removed.
     *
     * @param root its own folder, made if it is not there
     * @param limit bytes of one scene at most
     * @param quota bytes of all scenes together at most
     * @param time the node's time
     * @return the store, with the scenes that lie there
     * @throws IOException if the folder cannot be made or read
     */
    public static SceneStore open(Path root, long limit, long quota, NodeTime time) throws IOException {
        clearNames(root);
        SceneSeals seals = new SceneSeals();
        ContentLayout layout = (arrived, folder, room) -> {
            Optional<String> unfit = arrange(arrived, folder, room);
            if (unfit.isEmpty()) {
                seals.close(digest(folder), folder);
            }
            return unfit;
        };
        return new SceneStore(FolderContentStore.open(root, limit, quota, time::now, layout), seals);
    }

    /** What arrives is laid down in a folder whose name begins with its digest. */
    private static Sha256 digest(Path folder) {
        return new Sha256(String.valueOf(folder.getFileName()).substring(0, DIGEST_LENGTH));
    }

    private static Optional<String> arrange(Path arrived, Path folder, ContentLayout.Room room) throws IOException {
        if (!ZipScene.isZip(arrived)) {
            Files.move(arrived, folder.resolve(PLAIN), StandardCopyOption.ATOMIC_MOVE);
            return Optional.empty();
        }
        Path archive = Files.move(arrived, folder.resolve(ZIPPED), StandardCopyOption.ATOMIC_MOVE);
        return new ZipScene(archive, Files.createDirectory(folder.resolve(UNPACKED)), room::take).unpack();
    }

    /**
     * Sets what keeps the files, for those who send some.
     *
     * @return the same store
     */
    public ContentStore content() {
        return content;
    }

    /**
     * Returns whether a scene is here, and keeps it for {@link ContentStore#KEPT} if so.
     *
     * @param digest the digest of the content
     * @return true if it is
     */
    public boolean has(Sha256 digest) {
        return content.has(digest);
    }

    /**
     * Takes a scene, as {@link ContentStore#put} says.
     *
     * @param digest what it should be
     * @param scene the bytes; not closed
     * @return what became of it
     * @throws IOException if the stream breaks or the disk fails; nothing is kept then
     */
    public PutOutcome put(Sha256 digest, InputStream scene) throws IOException {
        return content.put(digest, scene);
    }

    /**
     * Takes a scene into use. One that is not what was sent any more, because something has written to the node's folder, is taken out of
     * the store instead, so that it can be sent again.
     *
     * @param digest the digest of the content
     * @param entry which file of it where it is a zip; what a plain file is to be called, or null where that does not matter
     * @return the file, to be released after use, or empty if there is no such scene or it has no such entry
     */
    public Optional<SceneLease> lease(Sha256 digest, @Nullable String entry) {
        Optional<ContentLease> lease = content.lease(digest);
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        Path folder = lease.get().path();
        if (!isWhole(digest, folder)) {
            lease.get().close();
            content.discard(digest);
            return Optional.empty();
        }
        Optional<Path> file;
        if (Files.exists(folder.resolve(PLAIN))) {
            file = entry == null ? SafePath.file(folder, PLAIN) : named(folder, entry);
        } else {
            file = entry == null ? Optional.empty() : SafePath.file(folder.resolve(UNPACKED), entry);
        }
        if (file.isEmpty()) {
            lease.get().close();
        }
        return file.map(found -> new SceneLease(found, lease.get()::close));
    }

    private boolean isWhole(Sha256 digest, Path folder) {
        String problem = "it is not what was sent";
        try {
            if (seals.isWhole(digest, folder, folder.resolve(ZIPPED), folder.resolve(UNPACKED))) {
                return true;
            }
        } catch (IOException e) {
            problem = "it cannot be read: " + e;
        }
        log.warn("The scene {} in {} is given up: {}", digest, folder, problem);
        return false;
    }

    /**
     * Gives a plain file under the name that it had where it was sent from, since renderers write it into pictures. The name is the same
     * for each job, so that a session can be taken over.
     */
    private static Optional<Path> named(Path folder, String entry) {
        Path plain = folder.resolve(PLAIN);
        Path named = folder.resolve(NAMED).resolve(entry.substring(entry.lastIndexOf('/') + 1));
        try {
            Files.createDirectories(folder.resolve(NAMED));
            if (Files.exists(named, LinkOption.NOFOLLOW_LINKS) && !Files.isSameFile(named, plain)) {
                log.warn("{} is not the scene that it is named after, and is removed", named);
                FileTree.remove(named);
            }
            Files.createLink(named, plain);
        } catch (FileAlreadyExistsException e) {
            log.trace("{} has its name", plain);
        } catch (IOException | UnsupportedOperationException e) {
            log.warn("{} cannot be called {}: {}", plain, named.getFileName(), e.toString());
            return SafePath.file(folder, PLAIN);
        }
        return SafePath.file(folder.resolve(NAMED), String.valueOf(named.getFileName()));
    }

    /** Names are made anew when they are needed; without them, what a scene takes up is what was sent. */
    private static void clearNames(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        try (DirectoryStream<Path> scenes = Files.newDirectoryStream(root)) {
            for (Path scene : scenes) {
                FileTree.remove(scene.resolve(NAMED));
            }
        }
    }
}
