package io.renderfleet.worker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Says of addresses, from wherever it runs, whether anybody takes a connection there. */
final class Reach {
    private static final int PATIENCE_MILLIS = 3_000;

    private Reach() {}

    /**
     * Prints a line for each.
     *
     * @param args hosts and ports, such as {@code 127.0.0.1:80}
     */
    public static void main(String[] args) {
        for (String address : args) {
            String[] parts = address.split(":", 2);
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(parts[0], Integer.parseInt(parts[1])), PATIENCE_MILLIS);
                System.out.println(address + " can be reached");
            } catch (IOException e) {
                System.out.println(address + " cannot be reached");
            }
        }
    }
}
