package io.renderfleet.core.spi;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Small texts by name that a coordinator keeps beside its jobs, so that they survive a restart and a take-over.
 *
 * <p>Made for some thousands of them, each changed now and then. A name has 1 to 200 characters, a value at most 65,536; others are an {@link
 * IllegalArgumentException}. Only the coordinator that has opened the store and still leads can change them; everybody can read. Stages
 * complete exceptionally with {@link StoreException} only. Thread-safe; calls return at once.
 */
public interface StoredValues {
    /** The most characters of a name. */
    int MAX_NAME = 200;

    /** The most characters of a value. */
    int MAX_VALUE = 65_536;

    /**
     * Reads all of them.
     *
     * @return values by name, as they were committed last
     */
    CompletionStage<Map<String, String>> all();

    /**
     * Keeps a value, in the place of the one with that name if there is one.
     *
     * @param name of the value
     * @param value what to keep
     * @return completed once it is durable
     */
    CompletionStage<Void> put(String name, String value);

    /**
     * Forgets a value. Nothing happens if there is none.
     *
     * @param name of the value
     * @return completed once that is durable
     */
    CompletionStage<Void> remove(String name);

    /**
     * Checks a name and a value.
     *
     * @param name of the value
     * @param value what to keep
     * @throws IllegalArgumentException if one of them is too long, or the name is empty
     */
    static void check(String name, String value) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    "the name of a stored value has " + name.length() + " characters: it must have 1 to " + MAX_NAME);
        }
        if (value.length() > MAX_VALUE) {
            throw new IllegalArgumentException(
                    "the stored value of " + name + " has " + value.length() + " characters: it may have " + MAX_VALUE);
        }
    }
}
