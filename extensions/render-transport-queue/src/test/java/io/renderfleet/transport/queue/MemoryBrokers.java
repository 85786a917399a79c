package io.renderfleet.transport.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A broker in memory: it keeps what a {@link Broker} must keep and nothing more. It can be away, deliver twice, and lose or double what is
 * told. One thread does everything.
 */
final class MemoryBrokers implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "memory-broker");
        made.setDaemon(true);
        return made;
    });

    private final Map<String, Deque<byte[]>> queues = new HashMap<>();
    private final List<Wish> wishes = new ArrayList<>();
    private final Set<Client> clients = new HashSet<>();
    private final List<byte[]> rejected = new ArrayList<>();
    private boolean away;
    private boolean doubles;
    private Predicate<String> loses = topic -> false;

    private record Wish(Client client, String queue, Consumer<Broker.Delivery> to) {}

    /** Makes a connection. */
    Broker connect() {
        return new Client();
    }

    /** Takes the broker away from everybody; what nobody has acknowledged is back in its queue. */
    void goAway() {
        run(() -> {
            away = true;
            clients.forEach(Client::lost);
        });
    }

    void comeBack() {
        run(() -> {
            away = false;
            clients.forEach(client -> client.listener.connected());
            serve();
        });
    }

    /** Delivers every message of a queue twice from now on, and tells everything twice. */
    void doubleAll() {
        run(() -> doubles = true);
    }

    /** Loses what is told to some topics. */
    void lose(Predicate<String> topics) {
        run(() -> loses = topics);
    }

    /** Empties all queues, as an operator can. */
    void purge() {
        run(queues::clear);
    }

    List<byte[]> rejected() {
        return CompletableFuture.supplyAsync(() -> List.copyOf(rejected), thread)
                .join();
    }

    int waiting(String queue) {
        return CompletableFuture.supplyAsync(() -> queue(queue).size(), thread).join();
    }

    private void run(Runnable task) {
        CompletableFuture.runAsync(task, thread).join();
    }

    private Deque<byte[]> queue(String name) {
        return queues.computeIfAbsent(name, unseen -> new ArrayDeque<>());
    }

    private void serve() {
        for (Wish wish : List.copyOf(wishes)) {
            byte[] message = away ? null : queue(wish.queue()).poll();
            if (message != null) {
                wishes.remove(wish);
                wish.to().accept(wish.client().deliver(wish.queue(), message));
            }
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    /** One connection. */
    private final class Client implements Broker {
        private final Map<String, Consumer<byte[]>> topics = new HashMap<>();
        private final Set<Held> open = new HashSet<>();
        private Listener listener = new Listener() {
            @Override
            public void connected() {}

            @Override
            public void away(String cause) {}
        };
        private boolean closed;

        private final class Held implements Delivery {
            private final String queue;
            private final byte[] message;

            private Held(String queue, byte[] message) {
                this.queue = queue;
                this.message = message;
            }

            @Override
            public byte[] message() {
                return message;
            }

            @Override
            public void acknowledge() {
                execute(() -> open.remove(this));
            }

            @Override
            public void giveBack() {
                execute(this::toQueue);
            }

            @Override
            public void reject() {
                execute(() -> {
                    if (open.remove(this)) {
                        rejected.add(message);
                    }
                });
            }

            private void toQueue() {
                if (open.remove(this)) {
                    queue(queue).addFirst(message);
                    serve();
                }
            }
        }

        private Delivery deliver(String queue, byte[] message) {
            Held held = new Held(queue, message);
            open.add(held);
            return held;
        }

        private void lost() {
            List.copyOf(open).forEach(Held::toQueue);
            listener.away("it was taken away");
        }

        private void execute(Runnable task) {
            if (!closed && !thread.isShutdown()) {
                thread.execute(task);
            }
        }

        @Override
        public void start(Listener to) {
            execute(() -> {
                listener = to;
                clients.add(this);
                if (!away) {
                    to.connected();
                }
            });
        }

        @Override
        public CompletionStage<PutResult> put(String queue, byte[] message) {
            CompletableFuture<PutResult> result = new CompletableFuture<>();
            execute(() -> {
                if (away) {
                    result.complete(new PutResult.NotStored("it was taken away", false));
                    return;
                }
                queue(queue).add(message);
                if (doubles) {
                    queue(queue).add(message);
                }
                result.complete(new PutResult.Stored());
                serve();
            });
            return result;
        }

        @Override
        public Taking take(String queue, Consumer<Delivery> to) {
            Wish wish = new Wish(this, queue, to);
            execute(() -> {
                wishes.add(wish);
                serve();
            });
            return () -> execute(() -> wishes.remove(wish));
        }

        @Override
        public CompletionStage<OptionalLong> waiting(String queue) {
            CompletableFuture<OptionalLong> count = new CompletableFuture<>();
            execute(() -> count.complete(
                    away ? OptionalLong.empty() : OptionalLong.of(queue(queue).size())));
            return count;
        }

        @Override
        public void tell(String topic, byte[] message) {
            execute(() -> {
                for (int times = away || loses.test(topic) ? 0 : doubles ? 2 : 1; times > 0; times--) {
                    for (Client client : List.copyOf(clients)) {
                        Consumer<byte[]> to = client.topics.get(topic);
                        if (to != null) {
                            to.accept(message);
                        }
                    }
                }
            });
        }

        @Override
        public void listen(String topic, Consumer<byte[]> to) {
            execute(() -> topics.put(topic, to));
        }

        @Override
        public void close() {
            if (!thread.isShutdown() && !closed) {
                run(() -> {
                    clients.remove(this);
                    wishes.removeIf(wish -> wish.client() == this);
                    List.copyOf(open).forEach(Held::toQueue);
                });
            }
            closed = true;
        }
    }
}
