package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The events of a farm")
@Timeout(60)
class EventsTest {
    private static final String TINY = ", \"settings\": {\"width\": 32, \"height\": 18}}";

    /** More than the server has threads. */
    private static final int MANY = 150;

    private static final int OF_ONE_CLIENT = 113;

    private final List<InputStream> streams = new ArrayList<>();
    private TestFarm farm;

    EventsTest() {}

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        farm = new TestFarm(folder, 2, server -> server.maxEventClients(MANY));
    }

    @AfterEach
    void stop() throws IOException {
        for (InputStream stream : streams) {
            stream.close();
        }
        farm.close();
    }

    private BufferedReader listen(HttpRequest.Builder request) {
        HttpResponse<InputStream> answer = TestFarm.send(request, HttpResponse.BodyHandlers.ofInputStream());
        streams.add(answer.body());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    /** Reads whole events until one has that name; gives the text of all. */
    private static List<String> readUntil(BufferedReader stream, String name) throws IOException {
        List<String> events = new ArrayList<>();
        StringBuilder event = new StringBuilder();
        while (true) {
            String line = stream.readLine();
            assertThat(line).as("more events before the end of " + events).isNotNull();
            if (!line.isEmpty()) {
                event.append(line).append('\n');
                continue;
            }
            events.add(event.toString());
            if (event.indexOf("event: " + name + "\n") >= 0) {
                return events;
            }
            event.setLength(0);
        }
    }

    private static String idOf(String event) {
        return event.lines()
                .filter(line -> line.startsWith("id: "))
                .findFirst()
                .orElseThrow()
                .substring(4);
    }

    @Test
    @DisplayName("tell the life of a job from its submission to its end, in order")
    void tellAJobsLife() throws IOException {
        BufferedReader stream = listen(farm.request("/events"));
        String job = farm.submit("{\"from\": 1, \"to\": 2, \"name\": \"Cat walk\"" + TINY);

        List<String> events = readUntil(stream, "job-ended");
        List<String> names = events.stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("event: job-")
                        || line.startsWith("event: batch-")
                        || line.startsWith("event: frames-"))
                .filter(line -> !line.contains("progressed"))
                .distinct()
                .toList();

        assertThat(names)
                .containsExactly(
                        "event: job-submitted",
                        "event: batch-dispatched",
                        "event: batch-accepted",
                        "event: frames-accepted",
                        "event: batch-ended",
                        "event: job-ended");
        assertThat(events.get(events.size() - 1)).contains("\"job\":\"" + job + "\"", "\"state\":\"completed\"");
        assertThat(String.join("", events)).doesNotContain(farm.outputs.toString());
    }

    @Test
    @DisplayName("are taken up again after the one that was seen last")
    void resume() throws IOException {
        BufferedReader first = listen(farm.request("/events"));
        String job = farm.submit("{\"from\": 1, \"to\": 1" + TINY);
        List<String> seen = readUntil(first, "job-submitted");
        String id = idOf(seen.get(seen.size() - 1));
        assertThat(id).matches("1-\\d+");
        farm.await(job);

        BufferedReader second = listen(farm.request("/events").header("Last-Event-ID", id));

        assertThat(String.join("", readUntil(second, "job-ended")))
                .contains("event: batch-dispatched")
                .doesNotContain("event: job-submitted", "event: reset");
    }

    @Test
    @DisplayName("begin with a reset where what was seen last is not kept any more")
    void reset() throws IOException {
        BufferedReader stream = listen(farm.request("/events").header("Last-Event-ID", "1-17"));

        assertThat(readUntil(stream, "reset").get(1)).contains("data: {\"reason\":");
    }

    @Test
    @DisplayName("of one job leave those of others out, and an unknown job has none")
    void ofOneJob() throws IOException {
        String requires = ", \"requires\": {\"gpu\": \"none-has-this\"}}";
        String cat = farm.submit("{\"from\": 1, \"to\": 1" + requires);
        String dog = farm.submit("{\"from\": 1, \"to\": 1" + requires);
        BufferedReader stream = listen(farm.request("/jobs/" + dog + "/events"));

        farm.post("/jobs/" + cat + "/pause", "");
        farm.post("/jobs/" + dog + "/pause", "");

        assertThat(String.join("", readUntil(stream, "job-paused")))
                .contains(dog)
                .doesNotContain(cat);
        assertThat(farm.get("/jobs/no-such-job/events").statusCode()).isEqualTo(404);
    }

    @Test
    @DisplayName(
            "reach more clients than there are threads, three quarters of the limit from one address, and are refused to more")
    void reachMany() throws IOException {
        List<BufferedReader> clients = new ArrayList<>();
        for (int i = 0; i < OF_ONE_CLIENT; i++) {
            clients.add(listen(farm.request("/events")));
        }

        HttpResponse<String> refused = farm.get("/events");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(TestFarm.json(refused).get("type").asText()).isEqualTo("urn:renderfleet:problem:streams-full");

        farm.submit("{\"from\": 1, \"to\": 1" + TINY);
        for (BufferedReader client : clients) {
            readUntil(client, "job-ended");
        }
        assertThat(farm.get("/metrics").body()).contains("renderfleet_event_clients " + OF_ONE_CLIENT + ".0");
    }

    @Test
    @DisplayName("end when the server stops, which does not wait for them")
    void endAtStop() throws IOException {
        BufferedReader stream = listen(farm.request("/events"));
        assertThat(stream.readLine()).isEqualTo("retry: 2000");

        farm.server.close();

        String line = stream.readLine();
        while (line != null) {
            line = stream.readLine();
        }
    }
}
