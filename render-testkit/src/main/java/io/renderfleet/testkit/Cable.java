package io.renderfleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The network between two programs of this machine, which a test can cut and heal: what connects to its {@link #port} reaches another port of
 * loopback. One daemon thread carries all connections, 256 at most. Thread-safe.
 */
public final class Cable implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 256;
    private static final int BUFFER = 16 * 1024;

    private final Selector selector;
    private final ServerSocketChannel door;
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private volatile int target;
    private volatile State state = State.WHOLE;

    private enum State {
        WHOLE,
        SILENT,
        TORN,
        CLOSED
    }

    /** One side of a connection, and what has come for it from the other side. */
    private static final class End {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final ByteBuffer waiting = ByteBuffer.allocate(BUFFER);
        private End peer = this;
        private boolean last;

        private End(SocketChannel channel, Selector selector) throws IOException {
            this.channel = channel;
            channel.configureBlocking(false);
            this.key = channel.register(selector, SelectionKey.OP_READ, this);
        }
    }

    private Cable() throws IOException {
        selector = Selector.open();
        door = ServerSocketChannel.open();
        door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        door.configureBlocking(false);
        door.register(selector, SelectionKey.OP_ACCEPT);
        thread = new Thread(this::run, "cable");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Opens a cable that is whole and leads nowhere yet.
     *
     * @return with a port of its own
     * @throws IOException if there is no port for it
     */
    public static Cable open() throws IOException {
        return new Cable();
    }

    /**
     * Says where to plug in.
     *
     * @return a port of loopback
     */
    public int port() {
        return door.socket().getLocalPort();
    }

    /**
     * Leads new connections to another program from now on.
     *
     * @param port of loopback
     */
    public void to(int port) {
        target = port;
    }

    /** Nothing gets through, and nobody is told: bytes and new connections wait. */
    public void silence() {
        set(State.SILENT);
    }

    /** All connections break, and new ones do so at once. */
    public void tear() {
        set(State.TORN);
    }

    /** Lets everything through again: what waited, and new connections. */
    public void heal() {
        set(State.WHOLE);
    }

    private void set(State now) {
        lock.lock();
        try {
            state = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        selector.wakeup();
    }

    private void awaitNoise() {
        lock.lock();
        try {
            while (state == State.SILENT) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (state != State.CLOSED) {
                selector.select();
                awaitNoise();
                if (state == State.TORN) {
                    ends().forEach(Cable::hangUp);
                }
                List<SelectionKey> ready = List.copyOf(selector.selectedKeys());
                selector.selectedKeys().clear();
                ready.forEach(this::serve);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ends().forEach(Cable::hangUp);
        }
    }

    private List<End> ends() {
        List<End> all = new ArrayList<>();
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof End end) {
                all.add(end);
            }
        }
        return all;
    }

    private void serve(SelectionKey key) {
        if (key.attachment() instanceof End end) {
            try {
                carry(end);
            } catch (IOException | CancelledKeyException e) {
                hangUp(end);
            }
        } else {
            connect();
        }
    }

    private void connect() {
        @Nullable SocketChannel caller = null;
        try {
            caller = door.accept();
            if (caller == null) {
                return;
            }
            if (state == State.TORN || selector.keys().size() > 2 * MOST_CONNECTIONS) {
                caller.close();
                return;
            }
            SocketChannel called = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            End one = new End(caller, selector);
            End other = new End(called, selector);
            one.peer = other;
            other.peer = one;
        } catch (IOException e) {
            close(caller);
        }
    }

    private static void carry(End end) throws IOException {
        End peer = end.peer;
        if (end.key.isReadable() && end.channel.read(peer.waiting) < 0) {
            peer.last = true;
        }
        flush(peer);
        flush(end);
        if (peer.last && peer.waiting.position() == 0) {
            hangUp(end);
        } else {
            listen(end);
            listen(peer);
        }
    }

    private static void flush(End end) throws IOException {
        end.waiting.flip();
        end.channel.write(end.waiting);
        end.waiting.compact();
    }

    private static void listen(End end) {
        boolean mayRead = end.peer.waiting.hasRemaining() && !end.peer.last;
        boolean mustWrite = end.waiting.position() > 0;
        end.key.interestOps((mayRead ? SelectionKey.OP_READ : 0) | (mustWrite ? SelectionKey.OP_WRITE : 0));
    }

    private static void hangUp(End end) {
        close(end.channel);
        close(end.peer.channel);
    }

    private static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Breaks all connections and frees the port. */
    @Override
    public void close() throws IOException {
        set(State.CLOSED);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        door.close();
        selector.close();
    }
}
