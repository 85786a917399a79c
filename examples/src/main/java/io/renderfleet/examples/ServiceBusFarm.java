package io.renderfleet.examples;

import io.renderfleet.transport.servicebus.ServiceBusBroker;
import java.net.URI;
import java.nio.file.Path;

/**
 * The farm of {@link QueueFarm}, whose work goes through Azure Service Bus. An operator has made the three queues of the pool before, and the
 * connection string is in the environment, where others on this machine cannot read it.
 */
public final class ServiceBusFarm {
    private static final String SECRET = "SERVICEBUS_CONNECTION_STRING";

    private ServiceBusFarm() {}

    public static void main(String[] args) throws Exception {
        String secret = System.getenv(SECRET);
        if (args.length < 2 || secret == null) {
            System.err.println("-Dargs=\"out/service-bus-farm servicebus://NAMESPACE.servicebus.windows.net\", and the"
                    + " connection string in " + SECRET);
            return;
        }
        run(Path.of(args[0]), URI.create(args[1]), secret, args.length > 2 ? args[2] : "example");
    }

    static void run(Path out, URI namespace, String secret, String pool) throws Exception {
        QueueFarm.run(
                out.toAbsolutePath(),
                URI.create("servicebus:" + pool),
                name -> ServiceBusBroker.at(namespace, secret, name));
    }
}
