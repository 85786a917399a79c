package io.renderfleet.testkit.sim;

import java.time.Duration;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The events that are still to happen, in the order of their time; of two events for the same moment, the one that was added first. */
final class EventQueue {
    private final VirtualTime time;
    private final PriorityQueue<Item> items = new PriorityQueue<>();
    private long made;

    /** An event to come, which can be cancelled. */
    static final class Item implements Comparable<Item> {
        private final long at;
        private final long number;
        private @Nullable Runnable action;

        private Item(long at, long number, Runnable action) {
            this.at = at;
            this.number = number;
            this.action = action;
        }

        void callOff() {
            action = null;
        }

        @Override
        public int compareTo(Item other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    EventQueue(VirtualTime time) {
        this.time = time;
    }

    Item after(Duration delay, Runnable action) {
        return after(delay.toNanos(), action);
    }

    Item after(long delayNanos, Runnable action) {
        Item item = new Item(time.nanos() + Math.max(0, delayNanos), made++, action);
        items.add(item);
        return item;
    }

    /** When the next event happens; {@link Long#MAX_VALUE} if there is none. */
    long next() {
        for (Item item = items.peek(); item != null; item = items.peek()) {
            if (item.action != null) {
                return item.at;
            }
            items.remove();
        }
        return Long.MAX_VALUE;
    }

    /** Advances to the time of the next event, and runs one event. */
    void runNext() {
        Item item = items.remove();
        Runnable action = item.action;
        if (action != null) {
            time.advanceTo(item.at);
            action.run();
        }
    }
}
