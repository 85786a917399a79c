package io.renderfleet.transport.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** How the clients of Kafka are set up: as the operator says, and where it matters as we say. */
final class KafkaSettings {
    static final int TIMEOUT_MILLIS = 10_000;

    /** After this a message that was sent counts as one of which nobody knows whether it is there. */
    private static final int DELIVERY_MILLIS = 15_000;

    private static final int LONGEST_PAUSE_MILLIS = 5_000;
    private static final int MOST_AT_ONCE = 500;

    private final KafkaAddress address;
    private final Map<String, String> given;
    private final String client;

    KafkaSettings(KafkaAddress address, Map<String, String> given, String client) {
        this.address = address;
        this.given = given;
        // Kafka makes names of metrics of it.
        this.client = client.replaceAll("[^A-Za-z0-9._-]", "-");
    }

    KafkaAddress address() {
        return address;
    }

    private Map<String, Object> common() {
        Map<String, Object> all = new HashMap<>();
        all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        all.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, LONGEST_PAUSE_MILLIS);
        all.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        all.putAll(given);
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, String.join(",", address.servers()));
        return all;
    }

    private Map<String, Object> named(String role) {
        Map<String, Object> all = common();
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, client + "-" + role);
        return all;
    }

    Map<String, Object> admin() {
        Map<String, Object> all = named("admin");
        all.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        return all;
    }

    /** Each message is on all replicas that are in sync before it counts as stored, and is there once. */
    Map<String, Object> producer() {
        Map<String, Object> all = named("send");
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
        return all;
    }

    /** Hears what is said from now on; nothing remembers how far it has read. */
    Map<String, Object> ears() {
        Map<String, Object> all = named("listen");
        all.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_AT_ONCE);
        return all;
    }

    /**
     * Takes one message at a time, and none in advance: one that waited here for hours would be missed elsewhere. A worker that is busy does
     * not ask for hours, and stays in the group.
     */
    Map<String, Object> taker(String queue) {
        Map<String, Object> all = named("take-" + queue.replace('/', '_'));
        all.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, address.queue(queue));
        all.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        all.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        all.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
        all.put(ConsumerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG, -1);
        return all;
    }
}
