package io.renderfleet.transport.kafka;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a Kafka is, and how everything of a farm is called there.
 *
 * @param servers brokers to begin with, as {@code host:port}
 * @param prefix what the names of topics and groups begin with
 */
record KafkaAddress(List<String> servers, String prefix) {
    private static final String SCHEME = "kafka";
    private static final String DEFAULT_PREFIX = "renderfleet";
    private static final String DEFAULT_PORT = "9092";
    private static final Pattern SERVER =
            Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(?<port>[0-9]{1,5}))?");
    private static final Pattern PREFIX = Pattern.compile("/?|/[A-Za-z0-9][A-Za-z0-9._-]{0,39}");
    private static final int MOST_SERVERS = 20;
    private static final int HIGHEST_PORT = 65_535;
    private static final String EXAMPLE = "kafka://one:9092,two:9092/renderfleet";

    /**
     * Reads {@code kafka://host:port,host:port/PREFIX}.
     *
     * @throws IllegalArgumentException if it is none, in words that go on after the name and the value of a flag
     */
    static KafkaAddress of(URI address) {
        String authority = address.getRawAuthority();
        String path = address.getRawPath() == null ? "" : address.getRawPath();
        boolean bare = address.getRawQuery() == null && address.getRawFragment() == null;
        if (!SCHEME.equals(address.getScheme())
                || authority == null
                || !bare
                || !PREFIX.matcher(path).matches()) {
            throw new IllegalArgumentException("it must be like " + EXAMPLE);
        }
        List<String> servers = Arrays.stream(authority.split(",", -1))
                .map(KafkaAddress::server)
                .toList();
        if (servers.size() > MOST_SERVERS) {
            throw new IllegalArgumentException(
                    "it names " + servers.size() + " servers: " + MOST_SERVERS + " are enough to find all others");
        }
        return new KafkaAddress(servers, path.length() > 1 ? path.substring(1) : DEFAULT_PREFIX);
    }

    private static String server(String given) {
        Matcher server = SERVER.matcher(given);
        if (!server.matches()) {
            throw new IllegalArgumentException("'" + given + "' is no host with a port: it must be like " + EXAMPLE);
        }
        String port = server.group("port") == null ? DEFAULT_PORT : server.group("port");
        if (Integer.parseInt(port) < 1 || Integer.parseInt(port) > HIGHEST_PORT) {
            throw new IllegalArgumentException("the port of '" + given + "' must be from 1 to " + HIGHEST_PORT);
        }
        return server.group("host") + ":" + port;
    }

    /** The topic of a queue, which is also the name of the share group that takes from it. */
    String queue(String queue) {
        return prefix + ".queue." + queue.replace('/', '_');
    }

    /** The topic for messages of a queue that no worker can read. */
    String dead(String queue) {
        return prefix + ".dead." + queue.replace('/', '_');
    }

    /**
     * The topic of Kafka for what is said: one for all that have their first two parts in common, such as {@code gpu/worker/…}. The whole
     * name goes with each message, as its key.
     */
    String talk(String topic) {
        String[] parts = topic.split("/", 3);
        return prefix + ".talk." + parts[0] + (parts.length > 1 ? "." + parts[1] : "");
    }
}
