package io.renderfleet.transport.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.MessageProperties;
import io.renderfleet.transport.queue.Broker;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Sends messages to queues, and says of each whether RabbitMQ has it on disk (publisher confirms). Belongs to the broker's thread. */
final class Confirms {
    private final Channel channel;
    private final NavigableMap<Long, CompletableFuture<Broker.PutResult>> open = new TreeMap<>();

    Confirms(Channel channel, Consumer<Runnable> thread) throws IOException {
        this.channel = channel;
        channel.confirmSelect();
        channel.addConfirmListener(
                (tag, all) -> thread.accept(() -> settle(tag, all, new Broker.PutResult.Stored())),
                (tag, all) -> thread.accept(() ->
                        settle(tag, all, new Broker.PutResult.NotStored("the broker has refused the message", false))));
    }

    /** Sends a message to a queue that is there. */
    void publish(String queue, byte[] message, CompletableFuture<Broker.PutResult> result) throws IOException {
        open.put(channel.getNextPublishSeqNo(), result);
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, message);
    }

    private void settle(long tag, boolean all, Broker.PutResult with) {
        if (all) {
            NavigableMap<Long, CompletableFuture<Broker.PutResult>> settled = open.headMap(tag, true);
            settled.values().forEach(result -> result.complete(with));
            settled.clear();
        } else {
            CompletableFuture<Broker.PutResult> result = open.remove(tag);
            if (result != null) {
                result.complete(with);
            }
        }
    }

    /** The connection is gone: nobody will say any more what became of what is open. */
    void lost(String cause) {
        Broker.PutResult unknown = new Broker.PutResult.NotStored(cause, true);
        open.values().forEach(result -> result.complete(unknown));
        open.clear();
    }
}
