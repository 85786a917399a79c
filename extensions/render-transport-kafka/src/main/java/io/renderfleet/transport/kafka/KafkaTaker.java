package io.renderfleet.transport.kafka;

import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.TakenMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages from one queue, one after the other: the next one once it is known what becomes of the last.
 *
 * <p>One thread of its own speaks to Kafka. It polls only while somebody wants a message, since what it gets is locked for everybody else. It
 * renews that lock as long as nothing has been decided, and gives up what it has when the broker goes away.
 */
final class KafkaTaker {
    private static final Logger log = LoggerFactory.getLogger(KafkaTaker.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(3);
    private static final Duration COMMIT = Duration.ofMillis(KafkaSettings.TIMEOUT_MILLIS);
    private static final int LOCK_MILLIS = 30_000;
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    private final String topic;
    private final Preparation preparation;
    private final Supplier<ShareConsumer<byte[], byte[]>> opening;
    private final Copies copies;
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Wish> wishes = new ArrayDeque<>();
    private final Thread thread;
    private @Nullable ShareConsumer<byte[], byte[]> polled;
    private @Nullable Ending unsettled;
    private boolean closed;

    /** Makes what must be there before anything can be taken. */
    @FunctionalInterface
    interface Preparation {
        void run() throws KafkaCallException;
    }

    /** Puts a message elsewhere before it is done with here. */
    interface Copies {
        /** Puts it at the end of its queue; false if that did not work. */
        boolean again(byte[] message);

        /** Puts it apart; false if that did not work. */
        boolean apart(byte[] message);
    }

    /** How a message ends: as its taker says, or {@link #LOST} with the connection. */
    private enum End {
        ACKNOWLEDGE,
        GIVE_BACK,
        REJECT,
        LOST
    }

    private static final class Wish {
        private final Consumer<Broker.Delivery> to;

        private Wish(Consumer<Broker.Delivery> to) {
            this.to = to;
        }
    }

    /** How one message ends; guarded by the lock. */
    private static final class Ending {
        private @Nullable End how;
    }

    KafkaTaker(String topic, Preparation preparation, Supplier<ShareConsumer<byte[], byte[]>> opening, Copies copies) {
        this.topic = topic;
        this.preparation = preparation;
        this.opening = opening;
        this.copies = copies;
        this.thread = new Thread(this::run, "renderfleet-" + topic);
        thread.setDaemon(true);
        thread.start();
    }

    // Called from other threads.

    Broker.Taking take(Consumer<Broker.Delivery> to) {
        Wish wish = new Wish(to);
        locked(() -> {
            wishes.add(wish);
            changed.signalAll();
        });
        return () -> callOff(wish);
    }

    private void callOff(Wish wish) {
        locked(() -> {
            if (wishes.remove(wish) && wishes.isEmpty()) {
                wakeUp();
            }
        });
    }

    /** The broker is away: what was taken and not settled belongs to nobody any more. */
    void lost() {
        locked(() -> settle(unsettled, End.LOST));
    }

    void close() {
        locked(() -> {
            closed = true;
            wishes.clear();
            wakeUp();
        });
        lost();
    }

    void join(Duration atMost) throws InterruptedException {
        thread.join(atMost.toMillis());
    }

    private void wakeUp() {
        changed.signalAll();
        if (polled != null) {
            polled.wakeup();
        }
    }

    private void settle(@Nullable Ending ending, End how) {
        if (ending != null && ending.how == null) {
            ending.how = how;
            changed.signalAll();
        }
    }

    private void locked(Runnable task) {
        lock.lock();
        try {
            task.run();
        } finally {
            lock.unlock();
        }
    }

    // The thread.

    private void run() {
        long pauseMillis = FIRST_PAUSE_MILLIS;
        while (awaitWish()) {
            try {
                preparation.run();
                takeAll();
                pauseMillis = FIRST_PAUSE_MILLIS;
            } catch (WakeupException e) {
                log.trace("{}: woken up", topic);
            } catch (KafkaCallException | RuntimeException e) {
                log.warn("nothing can be taken from {} now: {}", topic, KafkaCallException.words(e));
                log.debug("{}", topic, e);
                pause(pauseMillis);
                pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    /** Waits without asking Kafka for anything; false once it is closed. */
    private boolean awaitWish() {
        lock.lock();
        try {
            while (wishes.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            log.trace("{}: interrupted", topic);
        } finally {
            lock.unlock();
        }
    }

    /** Closing the consumer gives back what it has, also what was on its way when a wish was called off. */
    private void takeAll() {
        ShareConsumer<byte[], byte[]> consumer = opening.get();
        try {
            consumer.subscribe(List.of(topic));
            while (awaitWish() && takeOne(consumer)) {
                log.trace("{}: and on", topic);
            }
        } finally {
            locked(() -> polled = null);
            consumer.close(CLOSING);
        }
    }

    /** False if the consumer has to be closed. */
    private boolean takeOne(ShareConsumer<byte[], byte[]> consumer) {
        locked(() -> polled = consumer);
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        locked(() -> polled = null);
        for (ConsumerRecord<byte[], byte[]> message : records) {
            if (!serve(consumer, message)) {
                return false;
            }
        }
        return true;
    }

    private boolean serve(ShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> message) {
        Ending ending = new Ending();
        Wish wish = begin(ending);
        if (wish == null) {
            return false;
        }
        wish.to.accept(new TakenMessage(message.value(), how -> locked(() -> settle(ending, End.valueOf(how.name())))));
        long renewal = consumer.acquisitionLockTimeoutMs().orElse(LOCK_MILLIS) / 2L;
        End how = await(ending, renewal);
        while (how == null) {
            if (!renew(consumer, message)) {
                return false;
            }
            how = await(ending, renewal);
        }
        return finish(consumer, message, how);
    }

    private @Nullable Wish begin(Ending ending) {
        lock.lock();
        try {
            unsettled = ending;
            return wishes.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Null if nothing was decided in time. */
    private @Nullable End await(Ending ending, long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (ending.how == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            return ending.how;
        } catch (InterruptedException e) {
            return End.LOST;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Kafka gives what was renewed once more; false if it does not, and the lock is lost. The commit comes first, since a poll that has to
     * renew something fetches more messages along with it.
     */
    private static boolean renew(ShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> message) {
        consumer.acknowledge(message, AcknowledgeType.RENEW);
        if (consumer.commitSync(COMMIT).values().stream().anyMatch(Optional::isPresent)) {
            return false;
        }
        for (ConsumerRecord<byte[], byte[]> again : consumer.poll(POLL)) {
            if (again.offset() == message.offset()) {
                return true;
            }
        }
        return false;
    }

    private boolean finish(ShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> message, End how) {
        boolean done = switch (how) {
            case ACKNOWLEDGE -> true;
            // A release would count as a try, and after five tries Kafka drops a message.
            case GIVE_BACK -> copies.again(message.value());
            case REJECT -> copies.apart(message.value());
            default -> false;
        };
        consumer.acknowledge(message, done ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE);
        consumer.commitSync(COMMIT)
                .forEach((partition, failure) -> failure.ifPresent(
                        cause -> log.info("a message of {} may come again: {}", topic, cause.getMessage())));
        return how != End.LOST;
    }
}
