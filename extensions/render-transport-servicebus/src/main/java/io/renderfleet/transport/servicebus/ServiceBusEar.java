package io.renderfleet.transport.servicebus;

import com.azure.messaging.servicebus.ServiceBusFailureReason;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a queue of which nobody takes anything, as a log: it browses, from the message after the last one that it has seen. What is there
 * before it begins is passed over. Belongs to the broker's thread and to one connection.
 */
final class ServiceBusEar {
    private static final Logger log = LoggerFactory.getLogger(ServiceBusEar.class);
    private static final int PAGE = 100;

    /** So many quick looks follow when something was heard, or an answer is expected. */
    private static final int QUICK_LOOKS = 6;

    /** For so long Service Bus wants to be left alone when it says that it is busy. */
    private static final Duration BUSY = Duration.ofSeconds(10);

    private final String queue;
    private final ServiceBusReceiverAsyncClient receiver;
    private final ServiceBusThread thread;
    private final ServiceBusPace pace;
    private final Owner owner;
    private long next;
    private int quickLooks;
    private boolean current;
    private boolean closed;
    private @Nullable ScheduledFuture<?> later;

    /** Hears what is found. */
    interface Owner {
        /** From now on messages are heard. */
        void caughtUp();

        void heard(ServiceBusReceivedMessage message);

        void failed(String queue, Throwable cause);
    }

    ServiceBusEar(
            String queue,
            ServiceBusReceiverAsyncClient receiver,
            ServiceBusThread thread,
            ServiceBusPace pace,
            Owner owner) {
        this.queue = queue;
        this.receiver = receiver;
        this.thread = thread;
        this.pace = pace;
        this.owner = owner;
    }

    boolean isCurrent() {
        return current;
    }

    void look() {
        later = null;
        if (!closed) {
            var unused = receiver.peekMessages(PAGE, next)
                    .collectList()
                    .timeout(pace.patience())
                    .subscribe(page -> thread.execute(() -> seen(page)), e -> thread.execute(() -> failed(e)));
        }
    }

    private void seen(List<ServiceBusReceivedMessage> page) {
        if (closed) {
            return;
        }
        for (ServiceBusReceivedMessage message : page) {
            next = Math.max(next, message.getSequenceNumber() + 1);
            if (current) {
                owner.heard(message);
            }
        }
        if (!page.isEmpty()) {
            quickLooks = QUICK_LOOKS;
            look();
            return;
        }
        boolean isNew = !current;
        current = true;
        lookAfter(quickLooks > 0 ? pace.quick() : pace.slow());
        quickLooks = Math.max(0, quickLooks - 1);
        if (isNew) {
            owner.caughtUp();
        }
    }

    private void failed(Throwable cause) {
        if (closed) {
            return;
        }
        if (current && ServiceBusWords.is(cause, ServiceBusFailureReason.SERVICE_BUSY)) {
            log.warn("Service Bus is busy; queue {} is read again in {} s", queue, BUSY.toSeconds());
            lookAfter(BUSY);
        } else {
            owner.failed(queue, cause);
        }
    }

    private void lookAfter(Duration pause) {
        later = thread.after(pause, this::look);
    }

    /** An answer is expected: looks soon, and more often for a while. */
    void expectAnswer() {
        boolean waitsLong = quickLooks == 0;
        quickLooks = QUICK_LOOKS;
        if (waitsLong && later != null && later.cancel(false)) {
            lookAfter(pace.quick());
        }
    }

    void close() {
        closed = true;
    }
}
