package io.renderfleet.transport.jms;

import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.TakenMessage;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.jms.message.JmsMessageSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to the broker, opened again whenever it was lost. Every method is called on one thread. */
final class JmsLink {
    private static final Logger log = LoggerFactory.getLogger(JmsLink.class);

    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    /** What lies unread with a listener that is away for long is of no use to it. */
    private static final long TALK_MILLIS = 60_000;

    private final JmsAddress address;
    private final JmsConnectionFactory factory;
    private final ScheduledExecutorService thread;
    private final Map<String, Consumer<byte[]>> listeners = new LinkedHashMap<>();
    private final Set<JmsTaking> wishes = new LinkedHashSet<>();
    private Broker.@Nullable Listener owner;
    private @Nullable Open open;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private boolean closed;

    /**
     * What belongs to one connection.
     *
     * @param connection the connection
     * @param session sends, and browses
     * @param producer sends to any queue and topic
     */
    private record Open(Connection connection, Session session, MessageProducer producer) {}

    JmsLink(JmsAddress address, JmsConnectionFactory factory, ScheduledExecutorService thread) {
        this.address = address;
        this.factory = factory;
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
        Connection made = null;
        try {
            made = factory.createConnection();
            Open now = setUp(made);
            open = now;
            made.start();
            for (String topic : listeners.keySet()) {
                hear(now, topic);
            }
            for (JmsTaking wish : List.copyOf(wishes)) {
                startTaker(now, wish);
            }
            pauseMillis = FIRST_PAUSE_MILLIS;
            log.info("connected to the broker at {}", address);
            if (owner != null) {
                owner.connected();
            }
        } catch (JMSException | RuntimeException e) {
            end(made);
            lost(open, words(e));
        }
    }

    private Open setUp(Connection made) throws JMSException {
        Session session = made.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Open now = new Open(made, session, session.createProducer(null));
        made.setExceptionListener(e -> onThread(() -> failed(now, e)));
        return now;
    }

    /** A call failed: whatever is wrong with the connection, a new one is made. */
    private void failed(Open of, JMSException e) {
        if (of.equals(open)) {
            lost(of, words(e));
            end(of.connection());
        }
    }

    private static String words(Exception e) {
        return String.valueOf(e.getMessage() == null ? e : e.getMessage());
    }

    private static void end(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (JMSException e) {
            log.debug("a broken connection cannot be closed", e);
        }
    }

    private void lost(@Nullable Open which, String cause) {
        if (closed || !Objects.equals(open, which)) {
            return;
        }
        open = null;
        log.warn("the broker at {} is away: {}", address, cause);
        if (owner != null) {
            owner.away(cause);
        }
        var unused = thread.schedule(this::connect, pauseMillis, TimeUnit.MILLISECONDS);
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
    }

    void close() {
        closed = true;
        wishes.forEach(JmsTaking::callOff);
        if (open != null) {
            end(open.connection());
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    // Queues.

    void put(String queue, byte[] message, CompletableFuture<Broker.PutResult> result) {
        Open now = open;
        if (now == null) {
            result.complete(new Broker.PutResult.NotStored("the broker is away", false));
            return;
        }
        send(now, address.queue(queue), message, result);
    }

    private void send(Open now, String queue, byte[] message, CompletableFuture<Broker.PutResult> result) {
        try {
            now.producer()
                    .send(
                            now.session().createQueue(queue),
                            bytes(now, message),
                            DeliveryMode.PERSISTENT,
                            Message.DEFAULT_PRIORITY,
                            Message.DEFAULT_TIME_TO_LIVE,
                            settling(result));
        } catch (JMSException e) {
            result.complete(new Broker.PutResult.NotStored(words(e), true));
            failed(now, e);
        }
    }

    private static CompletionListener settling(CompletableFuture<Broker.PutResult> result) {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                result.complete(new Broker.PutResult.Stored());
            }

            @Override
            public void onException(Message message, Exception e) {
                result.complete(new Broker.PutResult.NotStored(words(e), true));
            }
        };
    }

    private static BytesMessage bytes(Open now, byte[] message) throws JMSException {
        BytesMessage made = now.session().createBytesMessage();
        made.writeBytes(message);
        return made;
    }

    void take(JmsTaking wish) {
        wishes.add(wish);
        Open now = open;
        if (now != null) {
            startTaker(now, wish);
        }
    }

    private void startTaker(Open now, JmsTaking wish) {
        new JmsTaker(now.connection(), address.queue(wish.queue()), wish::isOver, new JmsTaker.Owner() {
                    @Override
                    public void arrived(Session session, Message message) {
                        onThread(() -> deliver(now, wish, session, message));
                    }

                    @Override
                    public void failed(JMSException cause) {
                        onThread(() -> JmsLink.this.failed(now, cause));
                    }
                })
                .start("renderfleet-jms-take");
    }

    private void deliver(Open from, JmsTaking wish, Session session, Message message) {
        byte[] body;
        try {
            body = message.getBody(byte[].class);
        } catch (JMSException e) {
            log.warn("a message of queue {} holds no bytes: {}", wish.queue(), words(e));
            body = new byte[0];
        }
        byte[] bytes = body == null ? new byte[0] : body;
        TakenMessage delivery = new TakenMessage(
                bytes, how -> onThread(() -> settle(from, wish.queue(), session, message, bytes, how)));
        wishes.remove(wish);
        if (wish.isOver() || !from.equals(open)) {
            delivery.giveBack();
        } else {
            wish.deliver(delivery);
        }
    }

    private void settle(
            Open from, String queue, Session session, Message message, byte[] body, TakenMessage.Settling how) {
        if (!from.equals(open)) {
            return;
        }
        switch (how) {
            case ACKNOWLEDGE -> end(from, session, message, JmsMessageSupport.ACCEPTED);
            case GIVE_BACK -> end(from, session, message, JmsMessageSupport.RELEASED);
            default -> {
                CompletableFuture<Broker.PutResult> apart = new CompletableFuture<>();
                send(from, address.dead(queue), body, apart);
                var unused = apart.thenAccept(result -> onThread(() -> end(
                        from,
                        session,
                        message,
                        result instanceof Broker.PutResult.Stored
                                ? JmsMessageSupport.ACCEPTED
                                : JmsMessageSupport.RELEASED)));
            }
        }
    }

    private void end(Open from, Session session, Message message, int how) {
        try {
            message.setIntProperty(JmsMessageSupport.JMS_AMQP_ACK_TYPE, how);
            message.acknowledge();
            session.close();
        } catch (JMSException e) {
            failed(from, e);
        }
    }

    void callOff(JmsTaking wish) {
        wish.callOff();
        wishes.remove(wish);
    }

    OptionalLong waiting(String queue) {
        Open now = open;
        if (now == null) {
            return OptionalLong.empty();
        }
        try {
            Queue where = now.session().createQueue(address.queue(queue));
            try (QueueBrowser browser = now.session().createBrowser(where)) {
                Enumeration<?> messages = browser.getEnumeration();
                long count = 0;
                while (count < JmsBroker.MOST_COUNTED && messages.hasMoreElements()) {
                    messages.nextElement();
                    count++;
                }
                return OptionalLong.of(count);
            }
        } catch (JMSException e) {
            failed(now, e);
            return OptionalLong.empty();
        }
    }

    // Topics.

    void tell(String topic, byte[] message) {
        Open now = open;
        if (now == null) {
            return;
        }
        try {
            now.producer()
                    .send(
                            now.session().createTopic(address.topic(topic)),
                            bytes(now, message),
                            DeliveryMode.NON_PERSISTENT,
                            Message.DEFAULT_PRIORITY,
                            TALK_MILLIS);
        } catch (JMSException e) {
            failed(now, e);
        }
    }

    void listen(String topic, Consumer<byte[]> to) {
        listeners.put(topic, to);
        Open now = open;
        if (now == null) {
            return;
        }
        try {
            hear(now, topic);
        } catch (JMSException e) {
            failed(now, e);
        }
    }

    private void hear(Open now, String topic) throws JMSException {
        Session session = now.connection().createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createConsumer(session.createTopic(address.topic(topic))).setMessageListener(message -> {
            try {
                byte[] body = message.getBody(byte[].class);
                onThread(() -> heard(topic, body));
            } catch (JMSException e) {
                log.debug("a message of topic {} holds no bytes", topic, e);
            }
        });
    }

    private void heard(String topic, byte @Nullable [] message) {
        Consumer<byte[]> listener = listeners.get(topic);
        if (listener != null && message != null && !closed) {
            listener.accept(message);
        }
    }
}
