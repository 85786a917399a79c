package io.renderfleet.core.model;

/** A key that was used for one job was used again to ask for something else. */
public final class KeyReusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param key the key
     */
    public KeyReusedException(String key) {
        super("the key '" + key + "' was used for another request");
    }
}
