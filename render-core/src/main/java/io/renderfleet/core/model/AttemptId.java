package io.renderfleet.core.model;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The identity of one try to render a batch: the farm, the epoch of its coordinator, and the number of the attempt in that farm.
 *
 * <p>Attempts of one farm are ordered by epoch, then by sequence number; a node refuses an epoch lower than one that it has seen.
 *
 * @param farm the farm's id, made by its store
 * @param epoch grows with each change of coordinator, from 1
 * @param seq counts up in each farm, from 1
 */
public record AttemptId(String farm, long epoch, long seq) implements Comparable<AttemptId> {

    private static final Comparator<AttemptId> ORDER = Comparator.comparing(AttemptId::farm)
            .thenComparingLong(AttemptId::epoch)
            .thenComparingLong(AttemptId::seq);

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the farm is no id or a number is not positive
     */
    public AttemptId {
        Identifiers.require("farm id", farm);
        if (epoch < 1 || seq < 1) {
            throw new IllegalArgumentException(
                    "attempt " + farm + "/" + epoch + "/" + seq + ": epoch and seq count from 1");
        }
    }

    /**
     * Reads {@code {farm}/{epoch}/{seq}}, as in the {@code Attempt} header.
     *
     * @param text the text form
     * @return the id
     * @throws IllegalArgumentException if the text has another form
     */
    public static AttemptId parse(String text) {
        String[] parts = text.split("/", -1);
        try {
            if (parts.length == 3) {
                return new AttemptId(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(wrong(text), e);
        }
        throw new IllegalArgumentException(wrong(text));
    }

    /**
     * The same attempt as a later coordinator speaks of it: with its own epoch.
     *
     * @param newEpoch the speaker's epoch
     * @return the id to send
     */
    public AttemptId withEpoch(long newEpoch) {
        return new AttemptId(farm, newEpoch, seq);
    }

    /**
     * Returns the id of the span that stands for this attempt in a trace: the same each time, so that it can be told before there is a span.
     *
     * @return 16 hexadecimal digits, not all of them 0, as W3C Trace Context has them for a parent id
     */
    public String spanId() {
        long id = UUID.nameUUIDFromBytes(toString().getBytes(StandardCharsets.UTF_8))
                .getLeastSignificantBits();
        return HexFormat.of().toHexDigits(id);
    }

    @Override
    public int compareTo(AttemptId other) {
        return ORDER.compare(this, other);
    }

    /** Gives {@code {farm}/{epoch}/{seq}}. */
    @Override
    public String toString() {
        return farm + "/" + epoch + "/" + seq;
    }

    private static String wrong(String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return "attempt '" + shown + "' is not {farm}/{epoch}/{seq}, such as f-1a2b/1/42";
    }
}
