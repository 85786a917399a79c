package io.renderfleet.http.server.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in words why something failed: the message of the JDK about a file is often nothing but its path. */
final class Reason {
    private Reason() {}

    static String of(Throwable what) {
        if (what instanceof FileSystemException file && file.getReason() == null) {
            return ofFile(file);
        }
        String message = what.getMessage() == null ? what.toString() : what.getMessage();
        Throwable cause = what instanceof UncheckedIOException ? what.getCause() : null;
        return cause == null || message.contains(cause.toString()) ? message : message + ": " + of(cause);
    }

    private static String ofFile(FileSystemException what) {
        String file = String.valueOf(what.getFile());
        if (what instanceof AccessDeniedException) {
            return file + ": this program's user ('" + System.getProperty("user.name")
                    + "') has no right to read or write there";
        }
        if (what instanceof NoSuchFileException) {
            return file + ": there is no such file or folder";
        }
        if (what instanceof FileAlreadyExistsException) {
            return file + ": that is a file, and a folder is needed";
        }
        return file + ": " + what.getClass().getSimpleName().replaceFirst("Exception$", "");
    }
}
