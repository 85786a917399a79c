package io.renderfleet.node.server;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Requests that are nearly right: a right one of each kind, and then some bytes of it changed. The same seed gives the same ones. */
final class RandomRequests {
    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW", "get");
    private static final String SHA = "0123456789abcdef".repeat(4);
    private static final List<String> PATHS = List.of(
            "/job",
            "/job/1",
            "/job/j-x",
            "/job/1/log",
            "/job/1/frames",
            "/job/1/frames/1",
            "/job/1/frames/1/blender-render_0001.png",
            "/job/1/frames/1/../../../../etc/passwd",
            "/scenes/" + SHA,
            "/scenes/%2e%2e",
            "/node",
            "/health/live",
            "/health/ready",
            "/metrics",
            "/",
            "*",
            "/job/99999999999999999999",
            "/job/1?x=%zz");
    private static final List<String> RIGHT = List.of(
            "POST /job",
            "POST /job",
            "POST /job",
            "GET /job/1",
            "DELETE /job/1",
            "PATCH /job/1",
            "GET /job/1/log",
            "GET /job/1/frames",
            "GET /job/1/frames/1",
            "HEAD /scenes/" + SHA,
            "PUT /scenes/" + SHA,
            "GET /node");
    private static final List<String> HEADERS = List.of(
            "Content-Type: application/json",
            "Content-Type: text/plain",
            "Accept: text/plain",
            "Accept: application/json;q=0.5, text/plain;q=0.5",
            "Prefer: wait=1",
            "Prefer: wait=,;=\"",
            "If-None-Match: W/\"a\", \"b\"",
            "If-None-Match: *",
            "Range: bytes=0-5",
            "Range: bytes=5-1,-",
            "If-Range: \"x\"",
            "Idempotency-Key: k1",
            "Attempt: farm/1/1",
            "Attempt: ///",
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "Expect: 100-continue",
            "Content-Encoding: gzip",
            "Transfer-Encoding: chunked",
            "Upgrade: h2c",
            "Connection: upgrade, HTTP2-Settings",
            "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
            "Cookie: a=b; c",
            "X-Forwarded-Host: evil.example",
            "Authorization: Bearer x");
    private static final List<String> BODIES = List.of(
            "",
            "{\"from\":1,\"to\":5}",
            "{\"frames\":\"1-5,9,20-40x2\",\"output\":\"a/b_####\",\"timeoutSeconds\":60}",
            "{\"frames\":\"1-3\",\"settings\":{\"samples\":4,\"width\":32,\"height\":16,\"format\":\"PNG\"},\"job\":\"a\",\"batch\":\"b\"}",
            "{\"frames\":\"-5--1\",\"scene\":\"sha256:" + SHA + "\",\"entry\":\"shot.blend\"}",
            "{\"frames\":\"10-1\",\"scene\":\"a/b.blend\"}",
            "5\r\n{\"a\":\r\n0\r\n\r\n");

    private final Random random;

    RandomRequests(long seed) {
        this.random = new Random(seed);
    }

    byte[] next() {
        String body = pick(BODIES);
        String call = random.nextBoolean() ? pick(RIGHT) : pick(METHODS) + " " + pick(PATHS);
        StringBuilder text = new StringBuilder(call + " HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(pick(HEADERS)).append("\r\n");
        }
        if (random.nextInt(4) > 0) {
            text.append("Content-Type: application/json\r\n");
        }
        if (random.nextInt(8) > 0) {
            text.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        text.append("Connection: close\r\n\r\n").append(body);
        byte[] request = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        return random.nextInt(3) == 0 ? request : mutated(request);
    }

    private byte[] mutated(byte[] request) {
        byte[] changed = request.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(4)) {
                case 0 -> changed[at] = (byte) random.nextInt(256);
                case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> changed = cut(changed, at, Math.min(changed.length, at + 1 + random.nextInt(8)));
                default -> changed = doubled(changed, at, Math.min(changed.length, at + 1 + random.nextInt(32)));
            }
            if (changed.length == 0) {
                return new byte[] {'\n'};
            }
        }
        return changed;
    }

    private static byte[] cut(byte[] bytes, int from, int to) {
        byte[] shorter = new byte[bytes.length - (to - from)];
        System.arraycopy(bytes, 0, shorter, 0, from);
        System.arraycopy(bytes, to, shorter, from, bytes.length - to);
        return shorter;
    }

    private static byte[] doubled(byte[] bytes, int from, int to) {
        byte[] longer = new byte[bytes.length + (to - from)];
        System.arraycopy(bytes, 0, longer, 0, to);
        System.arraycopy(bytes, from, longer, to, bytes.length - from);
        return longer;
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
