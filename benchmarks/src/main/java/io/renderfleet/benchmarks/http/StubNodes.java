package io.renderfleet.benchmarks.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Thousands of nodes in one process: each has an address of its own, 127.x.y.z, and a listening socket; one thread serves all of them.
 *
 * <p>They take a batch, "render" for a given time, and answer held polls as soon as they are done. Told on the standard input: {@code
 * report} has it print how often each frame was rendered and when each job ended, and begin to count anew; the end of the input ends the
 * process. Arguments: how many nodes, the port, and the milliseconds that a batch takes.
 */
public final class StubNodes {
    private static final int BACKLOG = 16;
    private static final int FIRST_BLOCK = 10;

    private final Selector selector;
    private final StubBook book;
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private final Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
    private long made;

    /** Something that is to happen at a moment. */
    private record Due(long nanos, long number, Runnable action) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(nanos - other.nanos, 0);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private StubNodes(Selector selector, Duration renderTime) {
        this.selector = selector;
        this.book = new StubBook(renderTime, this::after);
    }

    /**
     * Runs the nodes until the standard input ends.
     *
     * @param args how many, the port, milliseconds a batch
     * @throws IOException if an address is taken
     */
    public static void main(String[] args) throws IOException {
        int count = Integer.parseInt(args[0]);
        int port = Integer.parseInt(args[1]);
        StubNodes nodes = new StubNodes(Selector.open(), Duration.ofMillis(Integer.parseInt(args[2])));
        for (int i = 0; i < count; i++) {
            nodes.listen(i, port);
        }
        Thread commands = new Thread(nodes::obey, "commands");
        commands.setDaemon(true);
        commands.start();
        System.out.println("ready");
        nodes.serve();
    }

    /** Gives the address of a node. */
    static String address(int number) {
        return "127." + FIRST_BLOCK + "." + number / 250 + "." + (1 + number % 250);
    }

    private void listen(int number, int port) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getByName(address(number)), port), BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT, number);
    }

    private void obey() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("report")) {
                    asked.add(() -> book.report(System.out));
                    selector.wakeup();
                }
            }
        } catch (IOException e) {
            System.err.println("the commands cannot be read: " + e);
        }
        System.exit(0);
    }

    private void after(Runnable action, long delayNanos) {
        due.add(new Due(System.nanoTime() + delayNanos, made++, action));
    }

    private void serve() throws IOException {
        while (true) {
            Due next = due.peek();
            if (next == null) {
                selector.select(this::ready);
            } else {
                long millis = (next.nanos() - System.nanoTime()) / 1_000_000;
                if (millis > 0) {
                    selector.select(this::ready, millis);
                } else {
                    selector.selectNow(this::ready);
                }
            }
            for (Runnable task = asked.poll(); task != null; task = asked.poll()) {
                task.run();
            }
            runDue();
        }
    }

    private void runDue() {
        List<Due> now = new ArrayList<>();
        for (Due first = due.peek(); first != null && first.nanos() - System.nanoTime() <= 0; first = due.peek()) {
            now.add(due.remove());
        }
        now.forEach(entry -> entry.action().run());
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept(key);
            } else if (key.attachment() instanceof StubConnection connection) {
                connection.ready();
            }
        } catch (IOException e) {
            key.cancel();
            close(key);
        }
    }

    private void accept(SelectionKey key) throws IOException {
        SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
        if (channel != null) {
            channel.configureBlocking(false);
            channel.socket().setTcpNoDelay(true);
            SelectionKey its = channel.register(selector, SelectionKey.OP_READ);
            its.attach(new StubConnection(its, channel, book.node((Integer) key.attachment())));
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            System.err.println("a connection could not be closed: " + e);
        }
    }
}
