package io.renderfleet.transport.http.wire;

import java.util.function.Function;

/**
 * What came of reading a request.
 *
 * @param <T> what was to be read
 */
public sealed interface Reading<T> {

    /**
     * The request is right by itself.
     *
     * @param value what it asks for
     * @param <T> what was to be read
     */
    record Good<T>(T value) implements Reading<T> {}

    /**
     * The request is wrong by itself: status 400.
     *
     * @param problem what is wrong
     * @param <T> what was to be read
     */
    record Bad<T>(BadRequest problem) implements Reading<T> {}

    /**
     * Handles both ways.
     *
     * @param good what to do with the value
     * @param bad what to do with the problem
     * @param <R> what comes of it
     * @return what the called function gave
     */
    default <R> R either(Function<? super T, ? extends R> good, Function<? super BadRequest, ? extends R> bad) {
        return this instanceof Good<T> read ? good.apply(read.value()) : bad.apply(((Bad<T>) this).problem());
    }

    /**
     * Reads on from the value, with checks that can fail in the same manner.
     *
     * @param next what to make of the value
     * @param <R> what comes of it
     * @return what {@code next} gave, or the problem that there was already
     */
    default <R> Reading<R> then(Function<? super T, Reading<R>> next) {
        return either(next, Bad::new);
    }
}
