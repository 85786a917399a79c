package io.renderfleet.transport.kafka;

import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerAccess;
import io.renderfleet.transport.queue.BrokerKind;
import java.util.List;

/** Kafka, as programs find it by an address that begins with {@code kafka}. */
public final class KafkaKind implements BrokerKind {
    /** Called by the loader of services. */
    public KafkaKind() {}

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public List<String> schemes() {
        return List.of("kafka");
    }

    @Override
    public String example() {
        return "kafka://one:9092,two:9092/renderfleet";
    }

    @Override
    public void check(BrokerAccess access) {
        KafkaAddress.of(access.address());
        if (access.user() != null) {
            throw new IllegalArgumentException(
                    "Kafka takes a user and a password from a file of settings only, as sasl.jaas.config");
        }
    }

    @Override
    public Broker open(BrokerAccess access, String client) {
        return KafkaBroker.at(access.address(), access.settings(), client);
    }
}
