package io.renderfleet.http.server.cli;

import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Which names files can have here: the JVM takes that from the locale, and the usual one of services and containers knows only ASCII. */
public final class FileNames {
    private FileNames() {}

    /** Warns, in the log, if names such as {@code Küche.blend} cannot be used. */
    public static void warnIfLimited() {
        limit(System.getProperty("sun.jnu.encoding"))
                .ifPresent(limit -> LoggerFactory.getLogger(FileNames.class).warn(limit));
    }

    /**
     * Returns what is wrong with an encoding.
     *
     * @param encoding in which the JVM passes names of files to the system; null where that is unknown
     * @return a sentence, or empty if it has all letters
     */
    static Optional<String> limit(@Nullable String encoding) {
        boolean whole = encoding == null
                || !Charset.isSupported(encoding)
                || !Charset.forName(encoding).canEncode()
                || Charset.forName(encoding).newEncoder().canEncode("\u00fc\u65e5");
        return whole
                ? Optional.empty()
                : Optional.of("Names of files are limited to the letters of " + encoding
                        + ", so that scenes and outputs with others in their names cannot be used: start with the"
                        + " variable LC_ALL=C.UTF-8.");
    }
}
