package io.renderfleet.benchmarks.http;

import com.sun.management.OperatingSystemMXBean;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.node.NodeJobRequest;
import io.renderfleet.node.RateGate;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.SubmitContext;
import io.renderfleet.node.SubmitResult;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.RenderNodeServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * What {@code GET /job/{id}} costs beside a bare Jetty handler that sends as many bytes.
 *
 * <p>Both servers are in this process, the client is a process of its own; processor time of this one a call, in turns. Arguments: how many
 * calls a round (10,000), and about how many jobs in turn (1): a node keeps the answers about some of the jobs that ended, so that those
 * about a thousand are all made anew.
 */
public final class JobCalls {
    private static final int ROUNDS = 15;
    private static final int WARM_UP = 20_000;

    private JobCalls() {}

    /**
     * Runs both, and prints a line for each round and the medians; or, for {@code client URL N JOBS}, makes N calls one after the other, to URL/1 to URL/JOBS.
     *
     * @param arguments as above
     * @throws Exception if something cannot be started, written or reached
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("client")) {
            call(URI.create(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
            return;
        }
        int calls = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int jobs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        Path folder = Files.createTempDirectory("renderfleet-benchmark-");
        RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine())
                .outputRoot(folder)
                .build();
        try (RenderNodeServer server =
                RenderNodeServer.builder(node).port(0).rateLimit(null).start()) {
            URI ours = server.uri().resolve("/job");
            for (int i = 0; i < jobs; i++) {
                finish(node);
            }
            int bytes = call(ours, jobs, jobs);
            Server bare = bare(bytes);
            URI theirs = URI.create(
                    "http://127.0.0.1:" + ((ServerConnector) bare.getConnectors()[0]).getLocalPort() + "/job");
            client(theirs, WARM_UP, jobs);
            client(ours, WARM_UP, jobs);
            System.out.printf(
                    "GET /job/{id} of %d jobs, %d bytes of body, %d calls a round: µs on processors a call%n",
                    jobs, bytes, calls);
            System.out.println("  bare Jetty      node   times");
            double[] without = new double[ROUNDS];
            double[] with = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                without[round] = client(theirs, calls, jobs);
                with[round] = client(ours, calls, jobs);
                print("", without[round], with[round]);
            }
            Arrays.sort(without);
            Arrays.sort(with);
            print("  medians", without[ROUNDS / 2], with[ROUNDS / 2]);
            bare.stop();
        }
    }

    private static void print(String what, double without, double with) {
        System.out.printf(Locale.ROOT, "  %10.1f  %8.1f  %6.2f%s%n", without, with, with / without, what);
    }

    private static void finish(RenderNode node) throws InterruptedException {
        NodeJobRequest request = NodeJobRequest.of(FrameSet.range(1, 5));
        SubmitResult result = node.submit(request, SubmitContext.DIRECT, RateGate.OPEN);
        String id = ((SubmitResult.Accepted) result).job().id();
        while (!node.job(id).orElseThrow().state().ended()) {
            Thread.sleep(20);
        }
    }

    private static Server bare(int bytes) throws Exception {
        byte[] body = "x".repeat(bytes).getBytes(StandardCharsets.US_ASCII);
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
                response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
                response.write(true, ByteBuffer.wrap(body), callback);
                return true;
            }
        });
        server.start();
        return server;
    }

    /** Has another process make the calls, and gives what they cost this one. */
    private static double client(URI url, int calls, int jobs) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        long before = cpu();
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JobCalls.class.getName(),
                        "client",
                        url.toString(),
                        Integer.toString(calls),
                        Integer.toString(jobs))
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("the client failed");
        }
        return (cpu() - before) / 1e3 / calls;
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Makes calls one after the other over one connection. Gives the length of the body. */
    private static int call(URI url, int calls, int jobs) throws IOException {
        int length = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int i = 0; i < calls; i++) {
                out.write(("GET " + url.getRawPath() + "/" + (1 + i % jobs) + " HTTP/1.1\r\nHost: " + url.getAuthority()
                                + "\r\nAccept: application/json\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                length = answer(in);
            }
        }
        return length;
    }

    private static int answer(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int length = -1;
        boolean first = true;
        while (true) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the server has closed the connection");
            }
            if (c != '\n') {
                line.append((char) c);
                continue;
            }
            String text = line.toString().strip();
            line.setLength(0);
            if (first && !text.contains(" 200 ")) {
                throw new IOException("the server answered " + text);
            }
            first = false;
            if (text.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(text.substring(15).strip());
            }
            if (text.isEmpty()) {
                in.skipNBytes(length);
                return length;
            }
        }
    }
}
