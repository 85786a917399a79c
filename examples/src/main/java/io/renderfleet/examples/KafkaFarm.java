package io.renderfleet.examples;

import io.renderfleet.transport.kafka.KafkaBroker;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** The farm of {@link QueueFarm}, whose work goes through Kafka 4.2 or later. */
public final class KafkaFarm {
    private KafkaFarm() {}

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args.length > 0 ? args[0] : "out/kafka-farm").toAbsolutePath();
        URI kafka = URI.create(args.length > 1 ? args[1] : "kafka://localhost:9092");
        String pool = args.length > 2 ? args[2] : "example";
        // What Kafka's own clients need besides, such as security.protocol, goes into the map.
        QueueFarm.run(out, URI.create("kafka:" + pool), name -> KafkaBroker.at(kafka, Map.of(), name));
    }
}
