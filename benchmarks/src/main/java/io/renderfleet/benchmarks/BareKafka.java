package io.renderfleet.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Round trips through a topic of Kafka from which a share group takes one message at a time, and a topic of answers. */
final class BareKafka implements BareClient {
    private static final String QUEUE = "bare";
    private static final String ANSWERS = "bare-answers";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final Map<String, Object> where;
    private final KafkaProducer<byte[], byte[]> sender;
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final Thread worker = new Thread(this::work, "bare-worker");
    private final Thread ear = new Thread(this::hear, "bare-ear");
    private volatile byte[] answer = {};
    private volatile boolean closed;

    BareKafka(URI address) throws Exception {
        where = Map.of("bootstrap.servers", address.getAuthority());
        try (Admin admin = Admin.create(where)) {
            admin.createTopics(List.of(new NewTopic(QUEUE, 1, (short) 1), new NewTopic(ANSWERS, 1, (short) 1)))
                    .all()
                    .get();
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, QUEUE),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        sender = producer();
        worker.start();
        ear.start();
    }

    private Map<String, Object> with(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(where);
        all.putAll(more);
        return all;
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                with(Map.of("acks", "all", "enable.idempotence", true, "linger.ms", 0)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void work() {
        Map<String, Object> settings = with(Map.of(
                "group.id",
                QUEUE,
                "share.acknowledgement.mode",
                "explicit",
                "share.acquire.mode",
                "record_limit",
                "max.poll.records",
                1));
        try (KafkaProducer<byte[], byte[]> answering = producer();
                KafkaShareConsumer<byte[], byte[]> taking =
                        new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            taking.subscribe(List.of(QUEUE));
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> message : taking.poll(POLL)) {
                    taking.acknowledge(message, AcknowledgeType.ACCEPT);
                    taking.commitSync();
                    Future<RecordMetadata> unused = answering.send(new ProducerRecord<>(ANSWERS, answer));
                }
            }
        }
    }

    private void hear() {
        try (KafkaConsumer<byte[], byte[]> hearing =
                new KafkaConsumer<>(where, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = List.of(new TopicPartition(ANSWERS, 0));
            hearing.assign(all);
            hearing.seekToBeginning(all);
            while (!closed) {
                free.release(hearing.poll(POLL).count());
            }
        }
    }

    @Override
    public void trips(int count, byte[] message, byte[] withAnswer) throws Exception {
        answer = withAnswer;
        for (int i = 0; i < count; i++) {
            free.acquire();
            Future<RecordMetadata> unused = sender.send(new ProducerRecord<>(QUEUE, message));
        }
        sender.flush();
        free.acquire(AT_ONCE);
        free.release(AT_ONCE);
    }

    @Override
    public void close() {
        closed = true;
        try {
            worker.join(PATIENCE_MILLIS);
            ear.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
    }
}
