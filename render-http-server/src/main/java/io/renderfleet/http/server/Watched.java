package io.renderfleet.http.server;

import java.util.function.Supplier;

/** Something that a client polls: a job, say. Thread-safe. */
public interface Watched {
    /**
     * Looks at it now.
     *
     * @return how it stands
     */
    Glimpse now();

    /**
     * Calls back once: as soon as it stands differently than at some moment, which may be before this method returns.
     *
     * @param since that moment
     * @param endOnly true to call back only once it has ended
     * @param changed quick; may be called on any thread
     * @return ends the subscription
     */
    Subscription subscribe(Glimpse since, boolean endOnly, Runnable changed);

    /**
     * How something stands.
     *
     * @param ended whether it will never change again
     * @param version another number after each change that a client should see
     * @param tag what stands between the quotes of its entity tag; another one for each version
     * @param answer makes the answer for the client, if it is needed; {@link HeldPolls} adds the tag
     */
    record Glimpse(boolean ended, long version, String tag, Supplier<Answer> answer) {}

    /** Can be closed twice. */
    @FunctionalInterface
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
