package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Cuts the bytes of a file, which come in pieces of any length, into what a check asks for: short fields, names, and content that is
 * passed on without a copy. Holds 64 bytes of the file at most. Not thread-safe.
 *
 * <p>A check asks for one thing at a time and names what is to happen with it; there it asks for the next.
 */
final class Feed {
    private static final int LONGEST_FIELDS = 64;

    private final long size;
    private final ByteBuffer fields = ByteBuffer.allocate(LONGEST_FIELDS);
    private final StringBuilder text = new StringBuilder();
    private Task task = Feed::ignore;
    private long position;
    private long left;
    private boolean done;

    /** Takes what comes of the bytes, and asks for what comes next. */
    @FunctionalInterface
    interface Content {
        void take(ByteBuffer bytes) throws FlawException;
    }

    /** Takes a name. */
    @FunctionalInterface
    interface Name {
        void take(String text) throws FlawException;
    }

    /** Goes on. */
    @FunctionalInterface
    interface Step {
        void go() throws FlawException;
    }

    /** Looks for something; leaves the bytes behind it where it is found. */
    @FunctionalInterface
    interface Search {
        boolean isIn(ByteBuffer bytes);
    }

    /** Moves the position of a buffer over what it uses, at least one byte. */
    @FunctionalInterface
    private interface Task {
        void take(Feed feed, ByteBuffer bytes) throws FlawException;
    }

    /**
     * Begins at the first byte.
     *
     * @param size how many bytes the file has
     */
    Feed(long size) {
        this.size = size;
    }

    void order(ByteOrder order) {
        fields.order(order);
    }

    long size() {
        return size;
    }

    long position() {
        return position;
    }

    /** How many bytes are still to come. */
    long rest() {
        return size - position;
    }

    /** Takes the next bytes; the position of the buffer is its limit afterwards. */
    void add(ByteBuffer bytes) throws FlawException {
        while (bytes.hasRemaining()) {
            task.take(this, bytes);
        }
    }

    /** Nothing more is asked for: what still comes is not looked at. */
    void done() {
        done = true;
        task = Feed::ignore;
    }

    /** All bytes have come. */
    void end() throws FlawException {
        if (!done) {
            throw new FlawException("is cut off after " + position + " bytes");
        }
    }

    /** Asks for 1 to 64 bytes at once. The buffer is used again for the next fields. */
    void fields(int count, Content then) throws FlawException {
        requireRest(count);
        fields.clear().limit(count);
        task = (feed, bytes) -> feed.gather(bytes, then);
    }

    private void gather(ByteBuffer bytes, Content then) throws FlawException {
        int count = Math.min(fields.remaining(), bytes.remaining());
        fields.put(cut(bytes, count));
        if (!fields.hasRemaining()) {
            fields.flip();
            then.take(fields);
        }
    }

    /** Asks for text up to a zero byte. */
    void name(int most, Name then) throws FlawException {
        requireRest(1);
        text.setLength(0);
        task = (feed, bytes) -> feed.spell(bytes, most, then);
    }

    private void spell(ByteBuffer bytes, int most, Name then) throws FlawException {
        int c = cut(bytes, 1).get() & 0xff;
        if (c == 0) {
            then.take(text.toString());
        } else if (text.length() == most) {
            throw new FlawException("has a name of more than " + most + " characters");
        } else {
            text.append((char) c);
            requireRest(1);
        }
    }

    /** Passes content on as it comes, and goes on behind it. */
    void pass(long count, Content content, Step then) throws FlawException {
        requireRest(count);
        if (count == 0) {
            then.go();
            return;
        }
        left = count;
        task = (feed, bytes) -> feed.passOn(bytes, content, then);
    }

    private void passOn(ByteBuffer bytes, Content content, Step then) throws FlawException {
        int count = (int) Math.min(left, bytes.remaining());
        left -= count;
        content.take(cut(bytes, count));
        if (left == 0) {
            then.go();
        }
    }

    /** Goes on behind bytes that do not matter. */
    void skip(long count, Step then) throws FlawException {
        pass(count, ignored -> {}, then);
    }

    /** Goes on behind what is looked for, wherever that is. */
    void search(Search search, Step then) {
        task = (feed, bytes) -> feed.look(bytes, search, then);
    }

    private void look(ByteBuffer bytes, Search search, Step then) throws FlawException {
        int before = bytes.position();
        boolean found = search.isIn(bytes);
        position += bytes.position() - before;
        if (found) {
            then.go();
        }
    }

    private static void ignore(Feed feed, ByteBuffer bytes) {
        feed.position += bytes.remaining();
        bytes.position(bytes.limit());
    }

    private ByteBuffer cut(ByteBuffer bytes, int count) {
        ByteBuffer piece = bytes.slice(bytes.position(), count);
        bytes.position(bytes.position() + count);
        position += count;
        return piece;
    }

    private void requireRest(long count) throws FlawException {
        if (count < 0 || count > rest()) {
            throw new FlawException("is cut off after " + size + " bytes");
        }
    }
}
