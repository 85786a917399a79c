package io.renderfleet.core.image;

/** What looks at the structure of one file of one format, as its bytes come. */
interface FormatCheck extends AutoCloseable {
    /** Looks at nothing. */
    FormatCheck NONE = new FormatCheck() {
        @Override
        public void begin() {
            // What stands in the file is looked at once it is there.
        }
    };

    /** Asks for the first bytes. */
    void begin() throws FlawException;

    @Override
    default void close() {
        // Most hold nothing but memory.
    }
}
