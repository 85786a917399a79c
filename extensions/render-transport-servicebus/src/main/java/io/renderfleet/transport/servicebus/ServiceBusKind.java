package io.renderfleet.transport.servicebus;

import com.azure.core.credential.AzureNamedKeyCredential;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerAccess;
import io.renderfleet.transport.queue.BrokerKind;
import java.util.List;
import java.util.Objects;

/**
 * Azure Service Bus, as programs find it by an address that begins with {@code servicebus}. A user is the name of a shared access policy, and
 * the password its key; without a user the password is a connection string.
 */
public final class ServiceBusKind implements BrokerKind {
    /** Called by the loader of services. */
    public ServiceBusKind() {}

    @Override
    public String name() {
        return ServiceBusAddress.SCHEME;
    }

    @Override
    public List<String> schemes() {
        return List.of(ServiceBusAddress.SCHEME);
    }

    @Override
    public String example() {
        return ServiceBusAddress.EXAMPLE;
    }

    @Override
    public void check(BrokerAccess access) {
        ServiceBusAddress address = ServiceBusAddress.of(access.address());
        if (!access.settings().isEmpty()) {
            throw new IllegalArgumentException("Service Bus takes no file of settings");
        }
        if (access.password() == null) {
            throw new IllegalArgumentException("Service Bus needs a password: a connection string, or the key of the"
                    + " shared access policy that is named as the user");
        }
        if (access.user() == null) {
            ServiceBusConnectionString.check(address, access.password());
        } else if (address.port() >= 0) {
            throw new IllegalArgumentException(
                    "it must have no port, unless it is an emulator's and the password a connection string");
        }
    }

    @Override
    public Broker open(BrokerAccess access, String client) {
        String secret = Objects.requireNonNull(access.password(), "checked");
        return access.user() == null
                ? ServiceBusBroker.at(access.address(), secret, client)
                : ServiceBusBroker.at(access.address(), new AzureNamedKeyCredential(access.user(), secret), client);
    }
}
