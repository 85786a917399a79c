package io.renderfleet.testkit.servicebus;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.BaseHandler;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.message.Message;
import org.apache.qpid.proton.reactor.Acceptor;
import org.apache.qpid.proton.reactor.Reactor;
import org.apache.qpid.proton.reactor.Selectable;

/** The AMQP of a {@link ServiceBusServer}: one thread, on which everything happens. */
final class FakeServer extends BaseHandler implements AutoCloseable {
    private static final int CREDIT = 1000;
    private static final int TICK_MILLIS = 20;
    private static final String MANAGEMENT = "/$management";
    private static final String DEAD = "/$deadletterqueue";

    private final Map<String, FakeQueue> queues;
    private final FakeRequests requests;
    private final InstantSource time;
    private final Reactor reactor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Set<Sender> senders = new LinkedHashSet<>();
    private final Map<Delivery, UUID> tokens = new HashMap<>();
    private final Thread thread;
    private final int port;
    private volatile boolean closed;

    FakeServer(int port, Map<String, FakeQueue> queues, String policy, String key, InstantSource time)
            throws IOException {
        this.queues = queues;
        this.requests = new FakeRequests(policy, key, time);
        this.time = time;
        this.reactor = Proton.reactor();
        Acceptor acceptor = reactor.acceptor("127.0.0.1", port, this);
        this.port = ((org.apache.qpid.proton.reactor.impl.AcceptorImpl) acceptor).getPortNumber();
        this.thread = new Thread(this::run, "fake-service-bus");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return port;
    }

    <T> CompletableFuture<T> call(Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        tasks.add(() -> result.complete(task.get()));
        reactor.wakeup();
        return result;
    }

    private void run() {
        reactor.setTimeout(TICK_MILLIS);
        reactor.start();
        while (!closed && reactor.process()) {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            // Locks may have run out.
            List.copyOf(senders).forEach(this::deliver);
        }
        for (Selectable one : List.copyOf(reactor.children().stream()
                .filter(Selectable.class::isInstance)
                .map(Selectable.class::cast)
                .toList())) {
            close(one);
        }
        reactor.free();
    }

    private static void close(Selectable one) {
        try {
            if (one.getChannel() != null) {
                one.getChannel().close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        reactor.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // Connections, sessions, links.

    @Override
    public void onConnectionRemoteOpen(Event event) {
        event.getConnection().setContainer("fake-service-bus");
        event.getConnection().open();
    }

    @Override
    public void onConnectionRemoteClose(Event event) {
        event.getConnection().close();
    }

    @Override
    public void onConnectionUnbound(Event event) {
        senders.removeIf(sender -> sender.getSession().getConnection() == event.getConnection());
    }

    @Override
    public void onSessionRemoteOpen(Event event) {
        event.getSession().open();
    }

    @Override
    public void onSessionRemoteClose(Event event) {
        event.getSession().close();
    }

    @Override
    public void onLinkRemoteOpen(Event event) {
        Link link = event.getLink();
        link.setSource(link.getRemoteSource());
        link.setTarget(link.getRemoteTarget());
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
        String address = address(link);
        boolean isKnown = "$cbs".equals(address) || queue(address).isPresent();
        if (!isKnown) {
            link.setSource(null);
            link.setTarget(null);
            link.open();
            link.setCondition(new ErrorCondition(
                    Symbol.valueOf("amqp:not-found"), "The messaging entity '" + address + "' could not be found."));
            link.close();
            return;
        }
        int most = queue(address)
                .map(queue -> queue.settings().maxMessageBytes())
                .orElse(QueueSettings.USUAL.maxMessageBytes());
        link.setMaxMessageSize(UnsignedLong.valueOf(most));
        link.open();
        if (link instanceof Receiver receiver) {
            receiver.flow(CREDIT);
        } else if (link instanceof Sender sender) {
            senders.add(sender);
        }
    }

    @Override
    public void onLinkRemoteClose(Event event) {
        senders.remove(event.getLink());
        event.getLink().close();
    }

    @Override
    public void onLinkRemoteDetach(Event event) {
        senders.remove(event.getLink());
        event.getLink().detach();
    }

    private static String address(Link link) {
        String address = link instanceof Receiver
                ? link.getRemoteTarget() instanceof Target target ? target.getAddress() : null
                : link.getRemoteSource() instanceof Source source ? source.getAddress() : null;
        return address == null ? "" : address;
    }

    /** The queue that an address leads to, also if it is that of its management or of its dead letters. */
    private Optional<FakeQueue> queue(String address) {
        String name = cut(address, MANAGEMENT);
        String main = cut(name, DEAD);
        return Optional.ofNullable(queues.get(main)).map(queue -> main.equals(name) ? queue : queue.deadLetters());
    }

    private static String cut(String text, String end) {
        return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
    }

    // Messages.

    @Override
    public void onLinkFlow(Event event) {
        if (event.getLink() instanceof Sender sender) {
            deliver(sender);
            sender.drained();
        }
    }

    private void deliver(Sender sender) {
        String address = address(sender);
        if ("$cbs".equals(address) || address.endsWith(MANAGEMENT)) {
            return;
        }
        FakeQueue queue = queue(address).orElseThrow();
        while (sender.getCredit() > 0) {
            Optional<FakeQueue.Stored> next = queue.lockNext(time.instant());
            if (next.isEmpty()) {
                return;
            }
            deliver(sender, queue, next.get());
        }
    }

    private void deliver(Sender sender, FakeQueue queue, FakeQueue.Stored stored) {
        UUID token = Objects.requireNonNull(stored.token());
        Delivery delivery = sender.delivery(tag(token));
        byte[] bytes = encode(stored);
        sender.send(bytes, 0, bytes.length);
        sender.advance();
        if (sender.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED) {
            queue.complete(token, time.instant());
            delivery.settle();
        } else {
            tokens.put(delivery, token);
        }
    }

    /** What is sent to those who take or browse: the message, with what the broker knows of it. */
    static byte[] encode(FakeQueue.Stored stored) {
        Message message = Proton.message();
        byte[] original = encode(stored.message());
        message.decode(original, 0, original.length);
        message.setHeader(new Header());
        message.setDurable(true);
        message.setTtl(stored.message().getTtl());
        message.setDeliveryCount(stored.deliveries());
        Map<Symbol, Object> annotations = new HashMap<>();
        annotations.put(Symbol.valueOf("x-opt-sequence-number"), stored.sequence());
        annotations.put(Symbol.valueOf("x-opt-enqueued-time"), Date.from(stored.enqueued()));
        if (stored.token() != null) {
            annotations.put(Symbol.valueOf("x-opt-locked-until"), Date.from(stored.lockedUntil()));
        }
        message.setMessageAnnotations(new MessageAnnotations(annotations));
        return encode(message);
    }

    static byte[] encode(Message message) {
        for (int size = 1024; ; size *= 2) {
            try {
                byte[] buffer = new byte[size];
                return Arrays.copyOf(buffer, message.encode(buffer, 0, size));
            } catch (BufferOverflowException e) {
                // It is longer.
            }
        }
    }

    /** A lock token as .NET writes it: the first three parts the other way round. */
    private static byte[] tag(UUID token) {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putInt(Integer.reverseBytes((int) (token.getMostSignificantBits() >>> 32)));
        bytes.putShort(Short.reverseBytes((short) (token.getMostSignificantBits() >>> 16)));
        bytes.putShort(Short.reverseBytes((short) token.getMostSignificantBits()));
        bytes.putLong(token.getLeastSignificantBits());
        return bytes.array();
    }

    @Override
    public void onDelivery(Event event) {
        Delivery delivery = event.getDelivery();
        if (event.getLink() instanceof Receiver receiver) {
            for (Delivery next = receiver.current();
                    next != null && next.isReadable() && !next.isPartial();
                    next = receiver.current()) {
                received(receiver, next);
            }
        } else if (delivery.isUpdated() && event.getLink() instanceof Sender sender) {
            settle(sender, delivery);
        }
    }

    private void received(Receiver receiver, Delivery delivery) {
        byte[] bytes = new byte[delivery.pending()];
        int length = receiver.recv(bytes, 0, bytes.length);
        Message message = Proton.message();
        message.decode(bytes, 0, length);
        receiver.advance();
        delivery.disposition(accept(receiver, message, length));
        delivery.settle();
        if (receiver.getCredit() < CREDIT / 2) {
            receiver.flow(CREDIT - receiver.getCredit());
        }
    }

    private DeliveryState accept(Receiver from, Message message, int length) {
        String address = address(from);
        Optional<FakeQueue> queue = queue(address);
        if ("$cbs".equals(address)) {
            reply(from, message, requests.putToken(message));
        } else if (address.endsWith(MANAGEMENT)) {
            reply(from, message, requests.answer(message, queue.orElseThrow()));
        } else if (length > queue.orElseThrow().settings().maxMessageBytes()) {
            return rejected("amqp:link:message-size-exceeded");
        } else {
            queue.orElseThrow().put(message, time.instant());
            List.copyOf(senders).forEach(this::deliver);
        }
        return Accepted.getInstance();
    }

    private void reply(Receiver from, Message request, Message response) {
        response.setCorrelationId(request.getMessageId());
        byte[] bytes = encode(response);
        senders.stream()
                .filter(sender -> sender.getSession() == from.getSession()
                        && sender.getRemoteTarget() instanceof Target target
                        && String.valueOf(request.getReplyTo()).equals(target.getAddress()))
                .findFirst()
                .ifPresent(sender -> {
                    Delivery delivery = sender.delivery(tag(UUID.randomUUID()));
                    sender.send(bytes, 0, bytes.length);
                    sender.advance();
                    delivery.settle();
                });
    }

    /** The other side says what becomes of a message, and hears whether that is so. */
    private void settle(Sender sender, Delivery delivery) {
        DeliveryState wanted = delivery.getRemoteState();
        UUID token = tokens.get(delivery);
        if (token != null && wanted != null) {
            tokens.remove(delivery);
            boolean done = requests.settle(queue(address(sender)).orElseThrow(), token, wanted);
            delivery.disposition(done ? wanted : rejected("com.microsoft:message-lock-lost"));
            delivery.settle();
            List.copyOf(senders).forEach(this::deliver);
        } else if (delivery.remotelySettled()) {
            tokens.remove(delivery);
            delivery.settle();
        }
    }

    private static Rejected rejected(String condition) {
        Rejected rejected = new Rejected();
        rejected.setError(new ErrorCondition(Symbol.valueOf(condition), condition));
        return rejected;
    }
}
