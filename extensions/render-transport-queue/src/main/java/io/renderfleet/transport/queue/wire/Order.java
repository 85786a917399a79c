package io.renderfleet.transport.queue.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.transport.http.wire.Wire;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a coordinator tells a worker about a batch. A worker follows only the coordinator with the greatest epoch that it knows of a farm.
 *
 * @param what what to do
 * @param farm the farm's id
 * @param epoch the coordinator's epoch
 * @param key which batch
 * @param call the number of the question, which the answer repeats; null where no answer is wanted
 * @param attempt the attempt in whose name it is said, or null
 * @param keep which frames to go on with, or null
 * @param number where a list is to begin, or how many bytes of a log are wanted; null for 0
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Order(
        What what,
        String farm,
        long epoch,
        String key,
        @Nullable String call,
        @Nullable String attempt,
        @Nullable String keep,
        @Nullable Integer number) {

    /**
     * Checks what must be there.
     *
     * @throws NullPointerException if it does not say what to do, for which farm, or about which batch
     */
    public Order {
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(farm, "farm");
        Objects.requireNonNull(key, "key");
    }

    /** What a worker can be told. */
    public enum What {
        /** Render the batch that you have claimed. */
        RENDER,
        /** Nobody wants the batch from you (any more): stop it, and forget it. */
        DROP,
        /** The end of the batch is known: it need not be reported any more. */
        NOTED,
        /** Say how the batch stands, if you have it. */
        REPORT,
        /** Stop the batch. */
        CANCEL,
        /** Give up frames of the batch. */
        SHORTEN,
        /** List the finished frames. */
        FRAMES,
        /** Send the end of the log. */
        LOG,
        /** Say who you are, whatever batch it is about. */
        ANNOUNCE
    }

    /**
     * Makes an order without details.
     *
     * @param what what to do
     * @param farm the farm's id
     * @param epoch the coordinator's epoch
     * @param key which batch
     * @return the order
     */
    public static Order of(What what, String farm, long epoch, String key) {
        return new Order(what, farm, epoch, key, null, null, null, null);
    }

    /**
     * Asks for an answer.
     *
     * @param value the number of the question
     * @return a changed copy
     */
    public Order asking(String value) {
        return new Order(what, farm, epoch, key, value, attempt, keep, number);
    }

    /**
     * Adds in whose name it is said.
     *
     * @param by the attempt, with the coordinator's own epoch
     * @return a changed copy
     */
    public Order by(AttemptId by) {
        return new Order(what, farm, epoch, key, call, by.toString(), keep, number);
    }

    /**
     * Adds frames.
     *
     * @param frames which to go on with
     * @return a changed copy
     */
    public Order keeping(FrameSet frames) {
        return new Order(what, farm, epoch, key, call, attempt, frames.toString(), number);
    }

    /**
     * Adds a number.
     *
     * @param value where a list is to begin, or how many bytes are wanted
     * @return a changed copy
     */
    public Order with(int value) {
        return new Order(what, farm, epoch, key, call, attempt, keep, value);
    }

    /**
     * Writes it.
     *
     * @return JSON in UTF-8
     */
    public byte[] write() {
        return Wire.write(this);
    }

    /**
     * Reads an order.
     *
     * @param message as it came
     * @return empty if it is none, or of a kind that this version does not know
     */
    public static Optional<Order> read(byte[] message) {
        return Wire.readAnswer(message, Order.class);
    }
}
