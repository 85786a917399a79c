package io.renderfleet.transport.servicebus;

import com.azure.messaging.servicebus.ServiceBusFailureReason;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.models.DeadLetterOptions;
import io.renderfleet.transport.queue.TakenMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/**
 * Takes messages from a queue, as many as are wished for and none in advance, and keeps each of them locked until it is settled. Belongs to the
 * broker's thread and to one connection.
 */
final class ServiceBusTaker {
    private static final Logger log = LoggerFactory.getLogger(ServiceBusTaker.class);

    private final String queue;
    private final ServiceBusReceiverAsyncClient receiver;
    private final ServiceBusThread thread;
    private final ServiceBusPace pace;
    private final BiConsumer<String, Throwable> failed;
    private final Deque<ServiceBusWish> wishes = new ArrayDeque<>();
    private final Map<String, ServiceBusReceivedMessage> held = new LinkedHashMap<>();
    private final Messages messages = new Messages();
    private int askedFor;
    private boolean closed;

    private final class Messages extends BaseSubscriber<ServiceBusReceivedMessage> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // Nothing is asked for before somebody wishes for it.
        }

        @Override
        protected void hookOnNext(ServiceBusReceivedMessage message) {
            thread.execute(() -> arrived(message));
        }

        @Override
        protected void hookOnError(Throwable cause) {
            thread.execute(() -> fail(cause));
        }

        @Override
        protected void hookOnComplete() {
            thread.execute(() -> fail(new IllegalStateException("the receiver has ended")));
        }
    }

    ServiceBusTaker(
            String queue,
            ServiceBusReceiverAsyncClient receiver,
            ServiceBusThread thread,
            ServiceBusPace pace,
            BiConsumer<String, Throwable> failed) {
        this.queue = queue;
        this.receiver = receiver;
        this.thread = thread;
        this.pace = pace;
        this.failed = failed;
        receiver.receiveMessages().subscribe(messages);
    }

    void take(ServiceBusWish wish) {
        wishes.removeIf(ServiceBusWish::isOver);
        wishes.add(wish);
        if (askedFor < wishes.size()) {
            askedFor++;
            messages.request(1);
        }
    }

    private void arrived(ServiceBusReceivedMessage message) {
        if (closed) {
            return;
        }
        askedFor--;
        held.put(message.getLockToken(), message);
        renewLater(message);
        TakenMessage delivery =
                new TakenMessage(message.getBody().toBytes(), how -> thread.execute(() -> settle(message, how)));
        wishes.removeIf(ServiceBusWish::isOver);
        ServiceBusWish wish = wishes.poll();
        if (wish == null) {
            delivery.giveBack();
        } else {
            wish.grant(delivery);
        }
    }

    private void renewLater(ServiceBusReceivedMessage message) {
        var unusedFuture = thread.after(pace.renewal(), () -> {
            if (!closed && held.containsKey(message.getLockToken())) {
                var unused = receiver.renewMessageLock(message)
                        .timeout(pace.patience())
                        .subscribe(
                                until -> thread.execute(() -> renewLater(message)),
                                e -> thread.execute(() -> notDone("renewed", message, e)));
            }
        });
    }

    private void settle(ServiceBusReceivedMessage message, TakenMessage.Settling how) {
        if (closed || held.remove(message.getLockToken()) == null) {
            return;
        }
        Mono<Void> done = switch (how) {
            case ACKNOWLEDGE -> receiver.complete(message);
            case GIVE_BACK -> receiver.abandon(message);
            default ->
                receiver.deadLetter(
                        message,
                        new DeadLetterOptions()
                                .setDeadLetterReason("unreadable")
                                .setDeadLetterErrorDescription("no worker can read it"));
        };
        var unused = done.timeout(pace.patience())
                .subscribe(nothing -> {}, e -> thread.execute(() -> notDone("settled", message, e)));
    }

    private void notDone(String what, ServiceBusReceivedMessage message, Throwable cause) {
        if (ServiceBusWords.is(cause, ServiceBusFailureReason.MESSAGE_LOCK_LOST)) {
            held.remove(message.getLockToken());
            log.info("message {} of queue {} cannot be {}: its lock is lost", message.getMessageId(), queue, what);
        } else {
            fail(cause);
        }
    }

    private void fail(Throwable cause) {
        if (!closed) {
            failed.accept(queue, cause);
        }
    }

    /**
     * Takes nothing more. The receiver is as it was; whoever closes it ends this.
     *
     * @return what was not settled, and is locked as yet
     */
    List<ServiceBusReceivedMessage> close() {
        closed = true;
        List<ServiceBusReceivedMessage> left = List.copyOf(held.values());
        held.clear();
        return left;
    }
}
