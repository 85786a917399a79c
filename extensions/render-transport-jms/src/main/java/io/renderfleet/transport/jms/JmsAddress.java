package io.renderfleet.transport.jms;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * Where a broker of AMQP 1.0 is, and how the queues of a farm are called there.
 *
 * @param tls whether the connection is TLS
 * @param host the broker's name or address
 * @param port its port
 * @param prefix what the names of all queues and topics begin with
 */
record JmsAddress(boolean tls, String host, int port, String prefix) {
    static final String PLAIN = "amqp1";
    static final String TLS = "amqp1s";
    static final String EXAMPLE = "amqp1://artemis:5672";

    private static final int PLAIN_PORT = 5672;
    private static final int TLS_PORT = 5671;
    private static final String DEFAULT_PREFIX = "renderfleet";
    private static final Pattern PREFIX = Pattern.compile("/?|/[A-Za-z0-9][A-Za-z0-9._-]{0,39}");

    /** What the client needs to notice within half a minute that nobody answers any more, and to take one message at a time. */
    private static final String OPTIONS =
            "?amqp.idleTimeout=20000&transport.connectTimeout=10000&jms.connectTimeout=10000"
                    + "&jms.requestTimeout=10000&jms.sendTimeout=15000&jms.closeTimeout=3000"
                    + "&jms.prefetchPolicy.queuePrefetch=0&jms.prefetchPolicy.queueBrowserPrefetch=100"
                    + "&jms.prefetchPolicy.topicPrefetch=1000&jms.presettlePolicy.presettleTopicProducers=true";

    /**
     * Reads {@code amqp1://HOST:PORT/PREFIX} or {@code amqp1s://HOST:PORT/PREFIX}.
     *
     * @throws IllegalArgumentException if it is none, in words that go on after the name and the value of a flag
     */
    static JmsAddress of(URI address) {
        String path = address.getRawPath() == null ? "" : address.getRawPath();
        boolean tls = TLS.equals(address.getScheme());
        boolean bare =
                address.getRawQuery() == null && address.getRawFragment() == null && address.getRawUserInfo() == null;
        if (!(tls || PLAIN.equals(address.getScheme()))
                || address.getHost() == null
                || !bare
                || !PREFIX.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    "it must be like " + EXAMPLE + " or amqp1s://artemis:5671/" + DEFAULT_PREFIX);
        }
        int usual = tls ? TLS_PORT : PLAIN_PORT;
        return new JmsAddress(
                tls,
                address.getHost(),
                address.getPort() < 0 ? usual : address.getPort(),
                path.length() > 1 ? path.substring(1) : DEFAULT_PREFIX);
    }

    /** What Qpid's client connects to. */
    String forClient() {
        return (tls ? "amqps://" : "amqp://") + this + OPTIONS;
    }

    /** The queue that holds batches. */
    String queue(String queue) {
        return prefix + ".queue." + queue;
    }

    /** The queue for messages that no worker can read. */
    String dead(String queue) {
        return prefix + ".dead." + queue;
    }

    String topic(String topic) {
        return prefix + ".talk." + topic;
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
