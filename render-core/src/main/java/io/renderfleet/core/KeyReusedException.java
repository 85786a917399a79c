package io.renderfleet.core;

/** A key that was used for one job was used again to ask for something else. */
public final class KeyReusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    KeyReusedException(String key) {
        super("the key '" + key + "' was used for another request");
    }
}
