package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.node.RenderNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Random and mutated requests")
class RandomRequestsTest {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");
    /** A version that is none; and the table of jobs may be full, or the uploads over their quota. */
    private static final Set<Integer> ALLOWED_5XX = Set.of(503, 505, 507);

    @TempDir
    Path folder;

    @Test
    @DisplayName("are answered in time and without a fault: 5,000 of them")
    @Timeout(300)
    void some() throws Exception {
        run(5_000);
    }

    @Test
    @Tag("soak")
    @DisplayName("are answered in time and without a fault: 100,000 of them")
    @Timeout(3_600)
    void many() throws Exception {
        run(100_000);
    }

    private void run(int count) throws Exception {
        long seed = Long.getLong("renderfleet.seed", System.nanoTime());
        RandomRequests requests = new RandomRequests(seed);
        Map<Integer, Integer> statuses = new TreeMap<>();
        RenderNode node = RenderNode.builder()
                .engine(new IdleEngine())
                .outputRoot(folder.resolve("out"))
                .slots(1_000)
                .build();
        try (RenderNodeServer server =
                RenderNodeServer.builder(node).port(0).rateLimit(null).start()) {
            for (int i = 0; i < count; i++) {
                byte[] request = requests.next();
                String shown = "renderfleet.seed=" + seed + ", request " + i + ": "
                        + new String(request, StandardCharsets.ISO_8859_1);
                int status = status(exchange(server.uri().getPort(), request, shown));
                assertThat(status >= 500 && !ALLOWED_5XX.contains(status))
                        .as("%d to %s", status, shown)
                        .isFalse();
                statuses.merge(status, 1, Integer::sum);
            }
        }
        System.out.println("random requests with renderfleet.seed=" + seed + " were answered: " + statuses);
        assertThat(statuses.keySet()).as("renderfleet.seed=%d", seed).contains(200, 202, 400, 404, 405, 415);
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactly(folder.resolve("out"));
        }
    }

    /** Sends a request and no more after it; what does not come within 20 s is a hang. */
    private static String exchange(int port, byte[] request, String shown) {
        StringBuilder answer = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            byte[] buffer = new byte[8192];
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException reset) {
            // The server has closed on what is no request; what it said before counts.
        } catch (IOException hang) {
            throw new AssertionError("no answer to " + shown, hang);
        }
        return answer.toString();
    }

    /** The last status, after any interim ones; 0 where the connection was closed without a word. */
    private static int status(String answer) {
        Matcher matcher = STATUS.matcher(answer);
        int status = 0;
        while (matcher.find() && status < 200) {
            status = Integer.parseInt(matcher.group(1));
        }
        return status;
    }
}
