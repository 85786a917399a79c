package io.renderfleet.benchmarks.http;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.Sha256;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the stubs do, and what they have done. For their one thread. */
final class StubBook {
    private static final String JSON = "application/json";
    private static final byte[] PICTURE = "what a stub renders".getBytes(StandardCharsets.US_ASCII);
    private static final String DIGEST = digest();

    private final long renderNanos;
    private final ObjLongConsumer<Runnable> timer;
    private final Map<Integer, Node> nodes = new HashMap<>();
    private final Map<String, Job> jobs = new HashMap<>();
    private final Map<String, Integer> calls = new TreeMap<>();
    private final Map<Integer, Integer> rendered = new HashMap<>();
    private final StringBuilder ends = new StringBuilder();
    private final SplittableRandom random = new SplittableRandom(1);
    private long jobsMade;
    private int overbooked;

    /** A batch on a node. */
    private static final class Job {
        private final String id;
        private final FrameSet frames;
        private final long nanos;
        private boolean ended;
        private @Nullable StubConnection held;

        Job(String id, FrameSet frames, long nanos) {
            this.id = id;
            this.frames = frames;
            this.nanos = nanos;
        }

        byte[] status() {
            String state = ended
                    ? "\"completed\",\"status\":\"Job completed\",\"finished\":\"" + frames + "\",\"outputs\":"
                            + outputs()
                    : "\"running\",\"status\":\"Job still running\",\"finished\":\"\"";
            return bytes("{\"id\":\"" + id + "\",\"pid\":1,\"frames\":\"" + frames + "\",\"state\":" + state + "}");
        }

        private String outputs() {
            return frames.stream()
                    .mapToObj(
                            frame -> "{\"frame\":" + frame + ",\"files\":[{\"name\":\"f_" + frame + ".txt\",\"bytes\":"
                                    + PICTURE.length + ",\"sha256\":\"" + DIGEST + "\",\"main\":true}],\"seconds\":"
                                    + nanos / 1e9 / frames.size() + "}")
                    .collect(Collectors.joining(",", "[", "]"));
        }
    }

    /** {@code timer} runs an action after so many nanoseconds. */
    StubBook(Duration renderTime, ObjLongConsumer<Runnable> timer) {
        this.renderNanos = renderTime.toNanos();
        this.timer = timer;
    }

    Node node(int number) {
        return nodes.computeIfAbsent(number, Node::new);
    }

    /** Prints how often each frame was rendered and when each job ended, and forgets it. */
    void report(PrintStream to) {
        int once = (int) rendered.values().stream().filter(times -> times == 1).count();
        to.println("frames " + rendered.size() + " once " + once + " overbooked " + overbooked);
        calls.forEach((call, count) -> to.println("calls " + call + " " + count));
        to.print(ends);
        to.println("done");
        to.flush();
        ends.setLength(0);
        calls.clear();
        rendered.clear();
        jobs.values().removeIf(job -> job.ended);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String digest() {
        var digest = Sha256.newDigest();
        digest.update(PICTURE);
        return Sha256.of(digest).hex();
    }

    /** One node. */
    final class Node {
        private final String id;
        private int running;

        Node(int number) {
            this.id = "stub-" + number;
        }

        String id() {
            return id;
        }

        void answer(String method, String path, String prefer, String body, StubConnection to) {
            if (path.equals("/node")) {
                count("GET /node");
                to.send("200 OK", "", JSON, description());
            } else if (method.equals("POST")) {
                count("POST /job");
                submit(body, to);
            } else {
                String[] parts = path.split("/", -1);
                Job job = parts.length > 2 ? jobs.get(parts[2]) : null;
                if (job == null) {
                    to.send("404 Not Found", "", JSON, bytes("{}"));
                } else if (parts.length == 3) {
                    count("GET /job/{id}");
                    poll(job, prefer, to);
                } else if (parts.length == 4) {
                    count("GET /job/{id}/frames");
                    to.send("200 OK", "", JSON, bytes("{\"frames\":" + job.outputs() + "}"));
                } else {
                    count("GET /job/{id}/frames/{n}");
                    to.send("200 OK", "", "text/plain", PICTURE);
                }
            }
        }

        private void count(String call) {
            calls.merge(call, 1, Integer::sum);
        }

        private byte[] description() {
            return bytes(
                    "{\"id\":\"" + id + "\",\"bootId\":\"b-1\",\"version\":\"0\",\"engines\":[],\"slots\":1,\"busy\":"
                            + running + ",\"draining\":false,\"labels\":{},\"cores\":1,\"memoryBytes\":1,"
                            + "\"capabilities\":[\"long-poll\",\"cancel\",\"frames\"]}");
        }

        private void submit(String body, StubConnection to) {
            // Nodes that began together do not end together, batch after batch.
            long nanos = (long) (renderNanos * (0.75 + random.nextDouble() / 2));
            Job job = new Job("j-" + ++jobsMade, frames(body), nanos);
            jobs.put(job.id, job);
            running++;
            overbooked += running > 1 ? 1 : 0;
            timer.accept(() -> end(job), nanos);
            to.send("202 Accepted", "Location: /job/" + job.id + "\r\nRetry-After: 5\r\n", JSON, job.status());
        }

        private void end(Job job) {
            ends.append("end ")
                    .append(job.id)
                    .append(' ')
                    .append(System.nanoTime())
                    .append('\n');
            job.ended = true;
            running--;
            job.frames.forEach(frame -> rendered.merge(frame, 1, Integer::sum));
            StubConnection waits = job.held;
            if (waits != null) {
                waits.send("200 OK", "Preference-Applied: wait\r\n", JSON, job.status());
            }
        }

        private void poll(Job job, String prefer, StubConnection to) {
            if (job.ended) {
                to.send("200 OK", "", JSON, job.status());
            } else if (prefer.isEmpty()) {
                to.send(
                        "202 Accepted",
                        "Retry-After: 5\r\nETag: \"1\"\r\nLocation: /job/" + job.id + "\r\n",
                        JSON,
                        job.status());
            } else {
                job.held = to;
            }
        }
    }

    /** Neighbouring frames travel as from and to, all others as a text. */
    private static FrameSet frames(String body) {
        return body.contains("\"frames\":")
                ? FrameSet.parse(text(body, "frames"))
                : FrameSet.range(number(body, "from"), number(body, "to"));
    }

    private static int number(String json, String field) {
        int at = json.indexOf("\"" + field + "\":") + field.length() + 3;
        int end = at;
        while (end < json.length() && (json.charAt(end) == '-' || Character.isDigit(json.charAt(end)))) {
            end++;
        }
        return Integer.parseInt(json.substring(at, end));
    }

    /** The value of a field of an object that has it as a text. */
    static String text(String json, String field) {
        int at = json.indexOf("\"" + field + "\":\"") + field.length() + 4;
        return json.substring(at, json.indexOf('"', at));
    }
}
