package io.renderfleet.transport.servicebus;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * Which namespace of Service Bus, and how the queues of a farm are called there.
 *
 * @param host the namespace's full name, such as {@code farm.servicebus.windows.net}
 * @param port the port of an emulator; -1 for that of AMQP over TLS, 5671
 * @param prefix what the names of all queues begin with
 */
record ServiceBusAddress(String host, int port, String prefix) {
    static final String SCHEME = "servicebus";
    static final String EXAMPLE = "servicebus://NAMESPACE.servicebus.windows.net";

    private static final String DEFAULT_PREFIX = "renderfleet";
    private static final Pattern PREFIX = Pattern.compile("/?|/[A-Za-z0-9][A-Za-z0-9._-]{0,39}");

    /**
     * Reads {@code servicebus://HOST/PREFIX}.
     *
     * @throws IllegalArgumentException if it is none, in words that go on after the name and the value of a flag
     */
    static ServiceBusAddress of(URI address) {
        String path = address.getRawPath() == null ? "" : address.getRawPath();
        boolean bare =
                address.getRawQuery() == null && address.getRawFragment() == null && address.getRawUserInfo() == null;
        if (!SCHEME.equals(address.getScheme())
                || address.getHost() == null
                || !bare
                || !PREFIX.matcher(path).matches()) {
            throw new IllegalArgumentException("it must be like " + EXAMPLE + " or " + EXAMPLE + "/renderfleet");
        }
        return new ServiceBusAddress(
                address.getHost(), address.getPort(), path.length() > 1 ? path.substring(1) : DEFAULT_PREFIX);
    }

    /** The queue that holds batches. */
    String queue(String queue) {
        return prefix + ".queue." + queue.replace('/', '_');
    }

    /**
     * The queue through which a topic goes: one for all that workers hear, and one for all that coordinators hear. The whole name of the topic
     * goes with each message.
     */
    String talk(String topic) {
        String[] parts = topic.split("/", 3);
        boolean toWorkers = parts.length > 1 && parts[1].startsWith("worker");
        return prefix + (toWorkers ? ".workers." : ".farms.") + parts[0];
    }

    @Override
    public String toString() {
        return port < 0 ? host : host + ":" + port;
    }
}
