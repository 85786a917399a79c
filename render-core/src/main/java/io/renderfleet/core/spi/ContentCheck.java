package io.renderfleet.core.spi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the bytes of a file while they come, so that nobody has to read the file again for that.
 *
 * <p>Whoever receives a file passes on all its bytes, in order, once. Where something is wrong with them the rest need not be received. Whoever
 * cannot pass bytes on, leaves it: the engine reads the file itself then. Made for one file and one try. Safe for use by one thread after
 * another.
 */
public interface ContentCheck {
    /** Looks at nothing. */
    ContentCheck NONE = bytes -> null;

    /**
     * Looks at the next bytes.
     *
     * @param bytes any number of them; used up afterwards, so give a duplicate where the position matters
     * @return what is wrong with the file, in words that follow its name in a sentence; null while nothing is known to be wrong
     */
    @Nullable String add(ByteBuffer bytes);
}
