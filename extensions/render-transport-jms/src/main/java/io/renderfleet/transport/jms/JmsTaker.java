package io.renderfleet.transport.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for one message, on a thread of its own and in a session of its own. The session asks the broker for no second message, so that
 * nobody else waits for one that lies here.
 */
final class JmsTaker implements Runnable {
    /** How often it looks whether the message is still wanted. */
    private static final long LOOK_MILLIS = 2_000;

    private final Connection connection;
    private final String queue;
    private final BooleanSupplier unwanted;
    private final Owner owner;

    /** Hears what came of it, on the taker's thread. */
    interface Owner {
        void arrived(Session session, Message message);

        void failed(JMSException cause);
    }

    JmsTaker(Connection connection, String queue, BooleanSupplier unwanted, Owner owner) {
        this.connection = connection;
        this.queue = queue;
        this.unwanted = unwanted;
        this.owner = owner;
    }

    void start(String name) {
        Thread thread = new Thread(this, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        try {
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            Message message = await(session);
            if (message == null) {
                session.close();
            } else {
                owner.arrived(session, message);
            }
        } catch (JMSException e) {
            owner.failed(e);
        }
    }

    private @Nullable Message await(Session session) throws JMSException {
        MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
        Message message = null;
        while (message == null && !unwanted.getAsBoolean()) {
            message = consumer.receive(LOOK_MILLIS);
        }
        return message;
    }
}
