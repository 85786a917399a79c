package io.renderfleet.benchmarks.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection to a stub: requests come one after the other, each with a length, as the JDK's client sends them. */
final class StubConnection {
    private static final int MAX_REQUEST = 64 * 1024;

    private final SelectionKey key;
    private final SocketChannel channel;
    private final StubBook.Node node;
    private ByteBuffer in = ByteBuffer.allocate(1_024);
    private ByteBuffer out = ByteBuffer.allocate(0);

    StubConnection(SelectionKey key, SocketChannel channel, StubBook.Node node) {
        this.key = key;
        this.channel = channel;
        this.node = node;
    }

    /** Something can be read or written. */
    void ready() throws IOException {
        if (out.hasRemaining()) {
            write();
        }
        if (in.position() == in.capacity()) {
            grow();
        }
        if (channel.read(in) < 0) {
            channel.close();
            return;
        }
        take();
    }

    private void grow() throws IOException {
        if (in.capacity() >= MAX_REQUEST) {
            throw new IOException("too large a request");
        }
        ByteBuffer larger = ByteBuffer.allocate(2 * in.capacity());
        larger.put(in.flip());
        in = larger;
    }

    private void take() throws IOException {
        String text = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
        int head = text.indexOf("\r\n\r\n");
        if (head < 0) {
            return;
        }
        String headers = text.substring(0, head);
        String length = header(headers, "content-length");
        int end = head + 4 + (length.isEmpty() ? 0 : Integer.parseInt(length));
        if (text.length() < end) {
            return;
        }
        String body = text.substring(head + 4, end);
        in.flip().position(end);
        in.compact();
        String[] line = headers.substring(0, headers.indexOf("\r\n")).split(" ", 3);
        node.answer(line[0], line[1], header(headers, "prefer"), body, this);
    }

    private static String header(String headers, String name) {
        int at = headers.toLowerCase(Locale.ROOT).indexOf("\r\n" + name + ":");
        if (at < 0) {
            return "";
        }
        int from = at + name.length() + 3;
        int to = headers.indexOf("\r\n", from);
        return headers.substring(from, to < 0 ? headers.length() : to).strip();
    }

    /** Sends an answer, now or long after the request; a connection that is gone by then takes none. */
    void send(String status, String more, String type, byte[] body) {
        String head = "HTTP/1.1 " + status + "\r\nNode-Id: " + node.id() + "\r\nBoot-Id: b-1\r\n" + more
                + "Content-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
        out = ByteBuffer.allocate(first.length + body.length)
                .put(first)
                .put(body)
                .flip();
        try {
            write();
        } catch (IOException e) {
            key.cancel();
        }
    }

    private void write() throws IOException {
        channel.write(out);
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }
}
