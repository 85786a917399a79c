package io.renderfleet.transport.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that keeps no rules but those of its script, and notices when the client gives a connection up. */
final class RawServer implements AutoCloseable {

    /** What happens on each connection, after the header of a request was read. */
    @FunctionalInterface
    interface Script {
        void play(int request, InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();

    /** Down once a connection has ended because the client closed it. */
    final CountDownLatch givenUp = new CountDownLatch(1);

    /** Never down before the test ends: what a script waits for to do nothing. */
    final CountDownLatch end = new CountDownLatch(1);

    private final ServerSocket listener;
    private final Script script;
    private final CountDownLatch deaf = new CountDownLatch(1);
    private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());

    RawServer(Script script) throws IOException {
        this.script = script;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Waits until the client closes the connection; false if it sends more instead. */
    boolean clientCloses(InputStream in) {
        try {
            return in.read() < 0 && countDown();
        } catch (IOException e) {
            return countDown();
        }
    }

    /** Writes until the client closes the connection. */
    void endlessly(OutputStream out, String text) {
        try {
            while (true) {
                write(out, text);
            }
        } catch (IOException e) {
            countDown();
        }
    }

    /** Returns once nobody can connect any more: the system listens on for as long as a thread is about to accept. */
    void stopListening() throws IOException, InterruptedException {
        listener.close();
        deaf.await();
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        end.countDown();
        listener.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private boolean countDown() {
        givenUp.countDown();
        return true;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                daemon(() -> serve(socket));
            }
        } catch (IOException e) {
            // The listener was closed.
        } finally {
            deaf.countDown();
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (readHeader(in)) {
                script.play(requests.incrementAndGet(), in, out);
            }
        } catch (IOException | InterruptedException e) {
            // The script gave up, or the client did.
        }
    }

    /** Reads a header, and a body that has its length told. */
    private static boolean readHeader(InputStream in) throws IOException {
        StringBuilder header = new StringBuilder();
        while (header.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                return false;
            }
            header.append((char) octet);
        }
        String text = header.toString().toLowerCase(Locale.ROOT);
        int at = text.indexOf("content-length: ");
        if (at >= 0 && !text.startsWith("put")) {
            in.readNBytes(Integer.parseInt(
                    text.substring(at + 16, text.indexOf('\r', at)).strip()));
        }
        return true;
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "raw-server");
        thread.setDaemon(true);
        thread.start();
    }
}
