package io.renderfleet.transport.servicebus;

import com.azure.core.util.BinaryData;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusFailureReason;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import io.renderfleet.transport.queue.Broker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The connection to Service Bus, made anew whenever something failed that Microsoft's client has tried twice. Every method is called on the
 * broker's thread.
 */
final class ServiceBusLink {
    private static final Logger log = LoggerFactory.getLogger(ServiceBusLink.class);

    /** The property of a message that names its topic. */
    static final String TOPIC = "topic";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration CLOSING = Duration.ofSeconds(3);
    private static final Duration TALK_LASTS = Duration.ofMinutes(1);
    private static final int MOST_HELD_BACK = 1000;
    private static final int PAGE = 100;
    private static final int MOST_COUNTED = 1000;

    private final ServiceBusAddress address;
    private final Supplier<ServiceBusClientBuilder> builders;
    private final ServiceBusPace pace;
    private final ServiceBusThread thread;
    private final Map<String, Consumer<byte[]>> listeners = new LinkedHashMap<>();
    private final Set<String> heardQueues = new LinkedHashSet<>();
    private final Set<ServiceBusWish> wishes = new LinkedHashSet<>();
    private final Map<String, List<ServiceBusReceivedMessage>> orphans = new LinkedHashMap<>();
    private final Deque<Runnable> heldBack = new ArrayDeque<>();
    private Broker.@Nullable Listener owner;
    private @Nullable Open open;
    private boolean there;
    private boolean closed;
    private Duration pause = FIRST_PAUSE;

    /** What belongs to one connection. */
    private static final class Open {
        private final ServiceBusClients clients;
        private final Map<String, ServiceBusEar> ears = new LinkedHashMap<>();
        private final Map<String, ServiceBusTaker> takers = new LinkedHashMap<>();

        private Open(ServiceBusClients clients) {
            this.clients = clients;
        }

        private boolean hearsAll() {
            return ears.values().stream().allMatch(ServiceBusEar::isCurrent);
        }
    }

    ServiceBusLink(
            ServiceBusAddress address,
            Supplier<ServiceBusClientBuilder> builders,
            ServiceBusPace pace,
            ServiceBusThread thread) {
        this.address = address;
        this.builders = builders;
        this.pace = pace;
        this.thread = thread;
    }

    // The connection.

    void open(Broker.Listener listener) {
        owner = listener;
        connect();
    }

    private void connect() {
        if (closed || open != null) {
            return;
        }
        Open made = new Open(new ServiceBusClients(builders.get()));
        open = made;
        heardQueues.forEach(queue -> hear(made, queue));
        caughtUp(made);
    }

    private void caughtUp(Open made) {
        if (open != made || !made.hearsAll()) {
            return;
        }
        if (!there) {
            there = true;
            pause = FIRST_PAUSE;
            orphans.forEach((queue, messages) -> {
                var unused = release(made.clients.receiver(queue), messages).subscribe();
            });
            orphans.clear();
            wishes.removeIf(ServiceBusWish::isOver);
            wishes.forEach(wish -> taker(made, wish.queue()).take(wish));
            log.info("connected to Service Bus at {}", address);
            if (owner != null) {
                owner.connected();
            }
        }
        while (!heldBack.isEmpty()) {
            heldBack.remove().run();
        }
    }

    /** Lets others have messages at once that would else stay locked for a while. */
    private static Mono<Void> release(
            ServiceBusReceiverAsyncClient receiver, List<ServiceBusReceivedMessage> messages) {
        return Flux.fromIterable(messages)
                .flatMap(message -> receiver.abandon(message).onErrorComplete())
                .then();
    }

    private void failed(Open from, String queue, Throwable cause) {
        if (open != from || closed) {
            return;
        }
        String words = ServiceBusWords.of(queue, cause);
        if (there || pause.equals(FIRST_PAUSE)) {
            log.warn("Service Bus at {} is away: {}", address, words);
        }
        open = null;
        there = false;
        heldBack.clear();
        from.ears.values().forEach(ServiceBusEar::close);
        from.takers.forEach((name, taker) -> {
            List<ServiceBusReceivedMessage> left = taker.close();
            if (!left.isEmpty()) {
                orphans.put(name, left);
            }
        });
        var unused = Mono.fromRunnable(from.clients::close)
                .subscribeOn(Schedulers.boundedElastic())
                .subscribe(nothing -> {}, e -> log.trace("closed", e));
        if (owner != null) {
            owner.away(words);
        }
        var unusedFuture = thread.after(pause, this::connect);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    }

    void close() {
        closed = true;
        Open last = open;
        open = null;
        if (last == null) {
            return;
        }
        last.ears.values().forEach(ServiceBusEar::close);
        Mono<Void> released = Flux.fromIterable(last.takers.entrySet())
                .flatMap(taker -> release(
                        last.clients.receiver(taker.getKey()), taker.getValue().close()))
                .then();
        try {
            released.block(CLOSING);
        } catch (IllegalStateException e) {
            log.debug("what was taken from Service Bus stays locked for a while", e);
        }
        last.clients.close();
    }

    // Queues.

    void put(String name, byte[] message, String id, CompletableFuture<Broker.PutResult> result) {
        Open now = open;
        if (now == null || !there) {
            result.complete(new Broker.PutResult.NotStored("the broker is away", false));
            return;
        }
        String queue = address.queue(name);
        ServiceBusMessage made = new ServiceBusMessage(BinaryData.fromBytes(message)).setMessageId(id);
        var unused = now.clients
                .sender(queue)
                .sendMessage(made)
                .timeout(pace.patience())
                .subscribe(
                        nothing -> {},
                        e -> {
                            result.complete(ServiceBusWords.notStored(queue, e));
                            thread.execute(() -> notSent(now, queue, e));
                        },
                        () -> result.complete(new Broker.PutResult.Stored()));
    }

    private void notSent(Open from, String queue, Throwable cause) {
        boolean passes = ServiceBusWords.is(cause, ServiceBusFailureReason.SERVICE_BUSY)
                || ServiceBusWords.is(cause, ServiceBusFailureReason.MESSAGE_SIZE_EXCEEDED);
        if (passes) {
            log.warn("a message was not sent: {}", ServiceBusWords.of(queue, cause));
        } else {
            failed(from, queue, cause);
        }
    }

    ServiceBusWish take(String name, Consumer<Broker.Delivery> to) {
        ServiceBusWish wish = new ServiceBusWish(address.queue(name), delivery -> {
            expectAnswer();
            to.accept(delivery);
        });
        wishes.removeIf(ServiceBusWish::isOver);
        wishes.add(wish);
        Open now = open;
        if (now != null && there) {
            taker(now, wish.queue()).take(wish);
        }
        return wish;
    }

    private ServiceBusTaker taker(Open now, String queue) {
        return now.takers.computeIfAbsent(
                queue,
                name -> new ServiceBusTaker(
                        name, now.clients.receiver(name), thread, pace, (of, e) -> failed(now, of, e)));
    }

    /** Counts by browsing, since only those who may manage a queue are told how long it is. */
    void waiting(String name, CompletableFuture<OptionalLong> result) {
        Open now = open;
        if (now == null || !there) {
            result.complete(OptionalLong.empty());
            return;
        }
        ServiceBusReceiverAsyncClient receiver = now.clients.receiver(address.queue(name));
        var unused = page(receiver, 0)
                .expand(page -> page.isEmpty()
                        ? Mono.empty()
                        : page(receiver, page.get(page.size() - 1).getSequenceNumber() + 1))
                .take(MOST_COUNTED / PAGE)
                .timeout(pace.patience())
                .reduce(0L, (count, page) -> count + page.size())
                .subscribe(count -> result.complete(OptionalLong.of(count)), e -> {
                    log.debug("queue {} cannot be counted: {}", name, e.toString());
                    result.complete(OptionalLong.empty());
                });
    }

    private static Mono<List<ServiceBusReceivedMessage>> page(ServiceBusReceiverAsyncClient receiver, long from) {
        return receiver.peekMessages(PAGE, from).collectList();
    }

    // Topics.

    void tell(String topic, byte[] message) {
        Open now = open;
        if (now == null || !there) {
            return;
        }
        if (!now.hearsAll()) {
            if (heldBack.size() < MOST_HELD_BACK) {
                heldBack.add(() -> tell(topic, message));
            }
            return;
        }
        String queue = address.talk(topic);
        ServiceBusMessage made = new ServiceBusMessage(BinaryData.fromBytes(message))
                .setMessageId(UUID.randomUUID().toString())
                .setTimeToLive(TALK_LASTS);
        made.getApplicationProperties().put(TOPIC, topic);
        var unused = now.clients
                .sender(queue)
                .sendMessage(made)
                .timeout(pace.patience())
                .subscribe(nothing -> {}, e -> thread.execute(() -> notSent(now, queue, e)));
        expectAnswer();
    }

    private void expectAnswer() {
        Open now = open;
        if (now != null) {
            now.ears.values().forEach(ServiceBusEar::expectAnswer);
        }
    }

    void listen(String topic, Consumer<byte[]> to) {
        listeners.put(topic, to);
        String queue = address.talk(topic);
        Open now = open;
        if (heardQueues.add(queue) && now != null) {
            hear(now, queue);
        }
    }

    private void hear(Open now, String queue) {
        ServiceBusEar ear =
                new ServiceBusEar(queue, now.clients.receiver(queue), thread, pace, new ServiceBusEar.Owner() {
                    @Override
                    public void caughtUp() {
                        ServiceBusLink.this.caughtUp(now);
                    }

                    @Override
                    public void heard(ServiceBusReceivedMessage message) {
                        ServiceBusLink.this.heard(message);
                    }

                    @Override
                    public void failed(String of, Throwable cause) {
                        ServiceBusLink.this.failed(now, of, cause);
                    }
                });
        now.ears.put(queue, ear);
        ear.look();
    }

    private void heard(ServiceBusReceivedMessage message) {
        String topic = String.valueOf(message.getApplicationProperties().get(TOPIC));
        Consumer<byte[]> listener = listeners.get(topic);
        if (listener != null) {
            try {
                listener.accept(message.getBody().toBytes());
            } catch (RuntimeException e) {
                log.error("a message on {} was not understood", topic, e);
            }
        }
    }
}
