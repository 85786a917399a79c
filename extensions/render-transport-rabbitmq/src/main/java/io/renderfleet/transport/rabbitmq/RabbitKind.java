package io.renderfleet.transport.rabbitmq;

import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerAccess;
import io.renderfleet.transport.queue.BrokerKind;
import java.net.URI;
import java.util.List;
import java.util.Objects;

/** RabbitMQ, as programs find it by an address that begins with {@code amqp} or {@code amqps}. */
public final class RabbitKind implements BrokerKind {
    /** As whom RabbitMQ lets in, from its own machine only, who has no user. */
    private static final String GUEST = "guest";

    /** Called by the loader of services. */
    public RabbitKind() {}

    @Override
    public String name() {
        return "rabbitmq";
    }

    @Override
    public List<String> schemes() {
        return List.of("amqp", "amqps");
    }

    @Override
    public String example() {
        return "amqp://rabbit:5672/farm";
    }

    @Override
    public void check(BrokerAccess access) {
        URI address = access.address();
        if (address.getHost() == null || address.getQuery() != null || address.getFragment() != null) {
            throw new IllegalArgumentException("it must be like amqp://rabbit:5672/farm or amqps://rabbit/farm");
        }
        if (!access.settings().isEmpty()) {
            throw new IllegalArgumentException("RabbitMQ takes no file of settings");
        }
    }

    @Override
    public Broker open(BrokerAccess access, String client) {
        return RabbitBroker.at(
                access.address(),
                Objects.requireNonNullElse(access.user(), GUEST),
                Objects.requireNonNullElse(access.password(), GUEST),
                client);
    }
}
