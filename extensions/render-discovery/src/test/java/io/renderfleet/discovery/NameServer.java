package io.renderfleet.discovery;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A name server on a free UDP port of this machine, as RFC 1035 describes one; it knows what it was told last. */
final class NameServer implements AutoCloseable {
    static final int OK = 0;
    static final int SERVER_FAILURE = 2;
    static final int NO_SUCH_NAME = 3;
    static final int A = 1;
    static final int AAAA = 28;
    static final int SRV = 33;

    private static final int IN = 1;
    private static final int POINTER_TO_QUESTION = 0xC00C;
    private static final int ANSWER = 0x8400;

    private final DatagramSocket socket;
    private final Map<Integer, List<byte[]>> records = new ConcurrentHashMap<>();
    private volatile int code = OK;

    NameServer() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(this::serve, "name server");
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** Answers every question with a code from now on, with the records only where that is {@link #OK}. */
    void code(int value) {
        code = value;
    }

    void records(int type, List<byte[]> data) {
        records.put(type, List.copyOf(data));
    }

    static byte[] address(String text) throws IOException {
        return InetAddress.getByName(text).getAddress();
    }

    static byte[] service(int port, String host) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(10);
        out.writeShort(5);
        out.writeShort(port);
        for (String label : host.split("\\.", -1)) {
            byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
            if (ascii.length > 0) {
                out.writeByte(ascii.length);
                out.write(ascii);
            }
        }
        out.writeByte(0);
        return bytes.toByteArray();
    }

    private void serve() {
        byte[] buffer = new byte[1_024];
        while (!socket.isClosed()) {
            try {
                DatagramPacket question = new DatagramPacket(buffer, buffer.length);
                socket.receive(question);
                byte[] answer = answer(ByteBuffer.wrap(buffer, 0, question.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private byte[] answer(ByteBuffer question) throws IOException {
        int id = question.getShort() & 0xffff;
        int end = 12;
        while (question.get(end) != 0) {
            end += (question.get(end) & 0xff) + 1;
        }
        int type = question.getShort(end + 1);
        byte[] asked = new byte[end + 5 - 12];
        question.position(12);
        question.get(asked);
        List<byte[]> data = code == OK ? records.getOrDefault(type, List.of()) : new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(id);
        out.writeShort(ANSWER | code);
        out.writeShort(1);
        out.writeShort(data.size());
        out.writeInt(0);
        out.write(asked);
        for (byte[] one : data) {
            out.writeShort(POINTER_TO_QUESTION);
            out.writeShort(type);
            out.writeShort(IN);
            out.writeInt(0);
            out.writeShort(one.length);
            out.write(one);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
