package io.renderfleet.transport.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes topics and share groups where they are missing, and looks at them. Thread-safe; each call takes ten seconds at most. */
final class KafkaTopics {
    private static final Logger log = LoggerFactory.getLogger(KafkaTopics.class);

    /** A batch that was not taken for so long is put again by its coordinator, once the queue is empty. */
    private static final Duration QUEUE_KEPT = Duration.ofDays(7);

    private static final Duration DEAD_KEPT = Duration.ofDays(28);
    private static final Duration TALK_KEPT = Duration.ofMinutes(10);
    private static final String OFFSET_RESET = "share.auto.offset.reset";
    private static final String EARLIEST = "earliest";
    private static final int LOOKS = 50;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Admin admin;
    private final KafkaAddress address;
    private final Set<String> made = new HashSet<>();

    KafkaTopics(Admin admin, KafkaAddress address) {
        this.admin = admin;
        this.address = address;
    }

    /** Asks whether somebody is there. */
    void ping() throws KafkaCallException {
        get(admin.describeCluster().nodes());
    }

    /** Asks those who have the topics. */
    void ping(Collection<String> topics) throws KafkaCallException {
        if (topics.isEmpty()) {
            ping();
            return;
        }
        get(admin.listOffsets(
                        topics.stream().collect(Collectors.toMap(KafkaTopics::only, topic -> OffsetSpec.latest())))
                .all());
    }

    static TopicPartition only(String topic) {
        return new TopicPartition(topic, 0);
    }

    /** Has a topic be there for what is said. */
    synchronized void needTalk(String topic) throws KafkaCallException {
        need(topic, TALK_KEPT);
    }

    /** Has a queue be there, with what takes from it. */
    synchronized void needQueue(String queue) throws KafkaCallException {
        String topic = address.queue(queue);
        if (made.contains(topic)) {
            return;
        }
        need(address.dead(queue), DEAD_KEPT);
        group(topic);
        need(topic, QUEUE_KEPT);
    }

    private void need(String topic, Duration kept) throws KafkaCallException {
        if (!made.contains(topic)) {
            int partitions = create(topic, kept) ? 1 : partitions(topic);
            if (partitions != 1) {
                throw new KafkaCallException("topic " + topic + " has " + partitions
                        + " partitions: it must have one, or batches would wait for a worker that is busy");
            }
            made.add(topic);
        }
    }

    /** False if somebody else has made it, or an operator has to. */
    private boolean create(String topic, Duration kept) {
        NewTopic wanted = new NewTopic(topic, Optional.of(1), Optional.empty())
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        String.valueOf(kept.toMillis()),
                        TopicConfig.SEGMENT_MS_CONFIG,
                        String.valueOf(kept.dividedBy(2).toMillis())));
        try {
            get(admin.createTopics(List.of(wanted)).all());
            log.info("made the topic {}", topic);
            return true;
        } catch (KafkaCallException e) {
            log.debug("topic {} was not made: {}", topic, e.getMessage());
            return false;
        }
    }

    /** A topic that was made a moment ago is not known everywhere yet. */
    private int partitions(String topic) throws KafkaCallException {
        for (int looks = 1; ; looks++) {
            try {
                TopicDescription found = get(admin.describeTopics(List.of(topic))
                                .allTopicNames())
                        .get(topic);
                return found == null ? 0 : found.partitions().size();
            } catch (KafkaCallException e) {
                if (looks == LOOKS || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Unless it is set up a group does not see what was put into the queue before its first worker came. */
    private void group(String group) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        AlterConfigOp fromTheStart =
                new AlterConfigOp(new ConfigEntry(OFFSET_RESET, EARLIEST), AlterConfigOp.OpType.SET);
        try {
            if (!beginsAtTheStart(resource)) {
                get(admin.incrementalAlterConfigs(Map.of(resource, List.of(fromTheStart)))
                        .all());
            }
            for (int looks = 1; looks < LOOKS && !beginsAtTheStart(resource); looks++) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (KafkaCallException e) {
            log.warn(
                    "the share group {} could not be set up: set its {} to {}, unless that is done ({})",
                    group,
                    OFFSET_RESET,
                    EARLIEST,
                    e.getMessage());
        }
    }

    private boolean beginsAtTheStart(ConfigResource group) throws KafkaCallException {
        Config all = get(admin.describeConfigs(List.of(group)).all()).get(group);
        ConfigEntry now = all == null ? null : all.get(OFFSET_RESET);
        return now != null && EARLIEST.equals(now.value());
    }

    /** Forgets what was there: after the connection was lost it is looked at again. */
    synchronized void forget() {
        made.clear();
    }

    /** Counts what was not accepted yet. */
    OptionalLong waiting(String queue) {
        String topic = address.queue(queue);
        try {
            needQueue(queue);
            TopicPartition partition = only(topic);
            SharePartitionOffsetInfo group = group(topic, partition);
            if (group != null && group.lag().isPresent()) {
                return OptionalLong.of(Math.max(0, group.lag().get()));
            }
            long end = get(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                            .partitionResult(partition))
                    .offset();
            long first = get(admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                            .partitionResult(partition))
                    .offset();
            return OptionalLong.of(Math.max(0, end - Math.max(first, group == null ? 0 : group.startOffset())));
        } catch (KafkaCallException e) {
            log.debug("queue {} cannot be counted: {}", queue, e.getMessage());
            return OptionalLong.empty();
        }
    }

    /** Where a group is; null while it has not begun. */
    private @Nullable SharePartitionOffsetInfo group(String group, TopicPartition partition) {
        try {
            return get(admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                            .partitionsToOffsetInfo(group))
                    .get(partition);
        } catch (KafkaCallException e) {
            log.debug("nobody has taken from {} yet: {}", group, e.getMessage());
            return null;
        }
    }

    private static <T> T get(KafkaFuture<T> answer) throws KafkaCallException {
        try {
            return answer.get(KafkaSettings.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaCallException(KafkaCallException.words(cause), cause);
        } catch (TimeoutException e) {
            throw new KafkaCallException("it does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaCallException("interrupted", e);
        }
    }
}
