package io.renderfleet.transport.jms;

import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerAccess;
import io.renderfleet.transport.queue.BrokerKind;
import java.util.List;

/** ActiveMQ Artemis, as programs find it by an address that begins with {@code amqp1} or {@code amqp1s}. */
public final class JmsKind implements BrokerKind {
    /** Called by the loader of services. */
    public JmsKind() {}

    @Override
    public String name() {
        return "jms";
    }

    @Override
    public List<String> schemes() {
        return List.of(JmsAddress.PLAIN, JmsAddress.TLS);
    }

    @Override
    public String example() {
        return JmsAddress.EXAMPLE;
    }

    @Override
    public void check(BrokerAccess access) {
        var unused = JmsAddress.of(access.address());
        if (!access.settings().isEmpty()) {
            throw new IllegalArgumentException("a broker of AMQP 1.0 takes no file of settings");
        }
        if (access.user() == null && access.password() != null) {
            throw new IllegalArgumentException("a broker of AMQP 1.0 takes a password only with a user");
        }
    }

    @Override
    public Broker open(BrokerAccess access, String client) {
        return JmsBroker.at(access.address(), access.user(), access.password(), client);
    }
}
