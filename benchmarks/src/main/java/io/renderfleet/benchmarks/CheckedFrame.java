package io.renderfleet.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import io.renderfleet.core.image.ImageBounds;
import io.renderfleet.core.image.ImageCheck;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.Target;
import io.renderfleet.node.verify.OutputVerifier;
import io.renderfleet.node.verify.Verification;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.zip.Deflater;

/**
 * What it costs to verify and hash an OpenEXR frame of 33 MB where it was rendered, and where it is received: processor time of the process
 * for each MB, and bytes read for each byte of the file.
 *
 * <p>The frame is 1920 x 1080, four channels of 32-bit floats, stored plain and as ZIP. Whoever receives it gets it over loopback HTTP from a
 * server in the same process, which has it in memory; what that takes is in both rows.
 */
public final class CheckedFrame {
    private static final int WIDTH = 1_920;
    private static final int HEIGHT = 1_080;
    private static final int PLAIN = 0;
    private static final int ZIP = 3;
    private static final int WARM_UP = 3;
    private static final double MB = 1e6;

    private CheckedFrame() {}

    private interface Work {
        void run() throws Exception;
    }

    private record Series(String name, Work work, List<Double> millis, List<Double> read) {}

    /**
     * Measures.
     *
     * @param args how many rounds, 15 by default
     * @throws Exception if something cannot be measured
     */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
        Path folder = Files.createTempDirectory("checked-frame");
        try {
            System.out.println("| | ms of processor a MB | bytes read a byte |\n|---|---|---|");
            for (int compression : new int[] {PLAIN, ZIP}) {
                measure(compression, folder, rounds);
            }
        } finally {
            try (var files = Files.list(folder)) {
                files.forEach(file -> file.toFile().deleteOnExit());
            }
            folder.toFile().deleteOnExit();
        }
    }

    private static void measure(int compression, Path folder, int rounds) throws Exception {
        byte[] exr = exr(compression);
        String kind = compression == PLAIN ? "plain" : "ZIP";
        Path file = Files.write(folder.resolve(kind + ".exr"), exr);
        OutputFile announced = new OutputFile(kind + ".exr", exr.length, Sha256.of(file), true);
        HttpServer server = serving(exr);
        try (HttpTransport transport = HttpTransport.create()) {
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            RemoteJob remote = new RemoteJob(new Target.Machine(address), "j-1", null);
            Map<String, Work> works = new LinkedHashMap<>();
            works.put("hashed once, which is the least", () -> Sha256.of(file));
            works.put("node: verified, then handed out for the first time", () -> verify(folder, file, announced));
            works.put("received: written and hashed", () -> fetch(transport, remote, announced, folder, false));
            works.put("received: written, hashed and checked", () -> fetch(transport, remote, announced, folder, true));
            System.out.printf("| **%s, %.1f MB** | | |%n", kind, exr.length / MB);
            report(works, exr.length, rounds);
        } finally {
            server.stop(0);
        }
    }

    private static void report(Map<String, Work> works, long bytes, int rounds) throws Exception {
        List<Series> all = works.entrySet().stream()
                .map(work -> new Series(work.getKey(), work.getValue(), new ArrayList<>(), new ArrayList<>()))
                .toList();
        for (int round = -WARM_UP; round < rounds; round++) {
            for (Series series : all) {
                long cpu = processorNanos();
                long before = bytesRead();
                series.work().run();
                if (round >= 0) {
                    series.millis().add((processorNanos() - cpu) / 1e6 / (bytes / MB));
                    series.read().add((bytesRead() - before) / (double) bytes);
                }
            }
        }
        all.forEach(series -> System.out.printf(
                "| %s | %.2f | %.2f |%n", series.name(), median(series.millis()), median(series.read())));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static void verify(Path folder, Path file, OutputFile announced) throws IOException {
        OutputVerifier verifier = new OutputVerifier();
        if (!(verifier.verify(folder, file) instanceof Verification.Whole) || !verifier.isAsVerified(file, announced)) {
            throw new IllegalStateException("the frame should be whole");
        }
    }

    private static void fetch(HttpTransport transport, RemoteJob remote, OutputFile file, Path folder, boolean checked)
            throws IOException, InterruptedException, ExecutionException {
        Path into = folder.resolve("fetched");
        Files.deleteIfExists(into);
        try (ImageCheck check =
                ImageCheck.of(file.name(), file.bytes(), ImageBounds.ANY).orElseThrow()) {
            ContentCheck content = bytes -> {
                check.add(bytes);
                return check.flaw().orElse(null);
            };
            FetchOutcome outcome = transport
                    .fetch(remote, 1, file, into, checked ? content : ContentCheck.NONE)
                    .toCompletableFuture()
                    .get();
            if (!(outcome instanceof FetchOutcome.Fetched)
                    || (checked && check.end(into).isPresent())) {
                throw new IllegalStateException("the frame should have come: " + outcome);
            }
        }
    }

    private static HttpServer serving(byte[] exr) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            try (call) {
                call.sendResponseHeaders(200, exr.length);
                OutputStream out = call.getResponseBody();
                out.write(exr);
            }
        });
        server.start();
        return server;
    }

    private static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    /** As Linux counts what the process has read from files and sockets. */
    private static long bytesRead() {
        try {
            String line = Files.readAllLines(Path.of("/proc/self/io")).get(0);
            return Long.parseLong(line.substring(line.indexOf(' ') + 1));
        } catch (IOException e) {
            throw new UncheckedIOException("this needs Linux", e);
        }
    }

    /** A frame whose pixels are stored as they are. */
    static byte[] plainExr() {
        return exr(PLAIN);
    }

    /** Smooth colours with some noise, as renders have. */
    private static byte[] exr(int compression) {
        int lines = compression == ZIP ? 16 : 1;
        int chunks = (HEIGHT + lines - 1) / lines;
        ByteBuffer out = ByteBuffer.allocate(40 << 20).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(20_000_630).putInt(2);
        attribute(out, "channels", "chlist", 4 * 18 + 1);
        for (String channel : new String[] {"A", "B", "G", "R"}) {
            text(out, channel);
            out.putInt(2).putInt(0).putInt(1).putInt(1);
        }
        out.put((byte) 0);
        attribute(out, "compression", "compression", 1);
        out.put((byte) compression);
        attribute(out, "dataWindow", "box2i", 16);
        out.putInt(0).putInt(0).putInt(WIDTH - 1).putInt(HEIGHT - 1);
        out.put((byte) 0);
        int table = out.position();
        out.position(table + 8 * chunks);
        SplittableRandom random = new SplittableRandom(1);
        for (int chunk = 0; chunk < chunks; chunk++) {
            out.putLong(table + 8 * chunk, out.position());
            byte[] pixels = pixels(chunk * lines, Math.min(lines, HEIGHT - chunk * lines), random);
            byte[] stored = compression == ZIP ? zip(pixels) : pixels;
            out.putInt(chunk * lines).putInt(stored.length).put(stored);
        }
        byte[] exr = new byte[out.position()];
        out.flip().get(exr);
        return exr;
    }

    private static byte[] pixels(int first, int lines, SplittableRandom random) {
        ByteBuffer pixels = ByteBuffer.allocate(lines * WIDTH * 16).order(ByteOrder.LITTLE_ENDIAN);
        while (pixels.hasRemaining()) {
            int x = pixels.position() / 4 % WIDTH;
            pixels.putFloat(Math.round((x + first) / 10f) / 300f + random.nextInt(64) / 65_536f);
        }
        return pixels.array();
    }

    /** Bytes of the same weight together, and differences of neighbours, as OpenEXR prepares pixels for ZIP. */
    private static byte[] zip(byte[] pixels) {
        byte[] apart = new byte[pixels.length];
        int half = (pixels.length + 1) / 2;
        for (int i = 0; i < pixels.length; i++) {
            apart[(i & 1) * half + i / 2] = pixels[i];
        }
        for (int i = apart.length - 1; i > 0; i--) {
            apart[i] = (byte) (apart[i] - apart[i - 1] + 128);
        }
        Deflater deflater = new Deflater(4);
        deflater.setInput(apart);
        deflater.finish();
        byte[] out = new byte[pixels.length + 1_024];
        int length = deflater.deflate(out);
        deflater.end();
        return length < pixels.length ? Arrays.copyOf(out, length) : pixels;
    }

    private static void attribute(ByteBuffer out, String name, String type, int size) {
        text(out, name);
        text(out, type);
        out.putInt(size);
    }

    private static void text(ByteBuffer out, String text) {
        out.put(text.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    }
}
