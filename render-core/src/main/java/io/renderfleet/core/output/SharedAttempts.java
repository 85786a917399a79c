package io.renderfleet.core.output;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What nodes that share the folder of a job have left there, each attempt in {@code .attempts/{epoch}-{seq}}, perhaps with more behind
 * it.
 *
 * <p>A take-over changes the epoch under which an attempt is known here, not the one under which a node has begun it: only {@code seq}
 * identifies it. Nothing depends on whose folder it is, since a file counts by its digest alone.
 */
final class SharedAttempts {
    private static final String ATTEMPTS = ".attempts";
    private static final int BUFFER = 64 * 1024;

    private final Path folder;

    /**
     * Looks into one job's folder.
     *
     * @param folder the folder that its nodes write into, too
     */
    SharedAttempts(Path folder) {
        this.folder = folder;
    }

    /** Puts the file at {@code staged}, as a second name for the same bytes; the node's own stays. False if it is not there, whole and right. */
    boolean adopt(AttemptId attempt, OutputFile file, Path staged, ContentCheck check) throws IOException {
        Path attempts = folder.resolve(ATTEMPTS);
        for (Path own : foldersOf(attempts, attempt)) {
            Path rendered = own.resolve(file.name()).normalize();
            if (rendered.startsWith(own) && isIt(rendered, own, file, check) && link(rendered, staged)) {
                return true;
            }
        }
        return false;
    }

    private static List<Path> foldersOf(Path attempts, AttemptId attempt) throws IOException {
        Pattern name = Pattern.compile("\\d+-" + attempt.seq() + "(-.*)?");
        try (Stream<Path> folders = Files.list(attempts)) {
            return folders.filter(folder ->
                            name.matcher(String.valueOf(folder.getFileName())).matches())
                    .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }

    private static boolean isIt(Path rendered, Path own, OutputFile file, ContentCheck check) throws IOException {
        try {
            return Files.isRegularFile(rendered, LinkOption.NOFOLLOW_LINKS)
                    && rendered.toRealPath().startsWith(own.toRealPath())
                    && Files.size(rendered) == file.bytes()
                    && isRight(rendered, file, check);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Reads the file once, for its digest and for what the check looks for. Where two attempts have left a file of that name and length, the check
     * sees both, and the one that is right may be refused: it is fetched then.
     */
    private static boolean isRight(Path rendered, OutputFile file, ContentCheck check) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(rendered, LinkOption.NOFOLLOW_LINKS)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                if (check.add(ByteBuffer.wrap(buffer, 0, n)) != null) {
                    return false;
                }
            }
        }
        return Sha256.of(digest).equals(file.sha256());
    }

    /** False where the file cannot have a second name: it is fetched then. */
    private static boolean link(Path rendered, Path staged) throws IOException {
        try {
            return HardLink.make(staged, rendered) == HardLink.Outcome.MADE;
        } catch (NoSuchFileException | AccessDeniedException e) {
            return false;
        }
    }
}
