package io.renderfleet.testkit;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of this machine that nobody uses, for programs that cannot pick one themselves. They are below those that systems give to connections
 * and to port 0, so that nobody else gets one while its server is down in the middle of a test.
 */
final class FreePorts {
    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final int MOST_TRIES = 1_000;

    private FreePorts() {}

    static List<Integer> find(int count) throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (int tries = 0; open.size() < count; tries++) {
                int port = ThreadLocalRandom.current().nextInt(FIRST, END);
                try {
                    open.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (BindException taken) {
                    if (tries == MOST_TRIES) {
                        throw taken;
                    }
                }
            }
            return open.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
    }
}
