package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The list of jobs")
class JobListTest {
    private TestFarm farm;

    JobListTest() {}

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        farm = new TestFarm(folder, 0);
    }

    @AfterEach
    void stop() {
        farm.close();
    }

    private String submit(String name) {
        return farm.submit("{\"from\": 1, \"to\": 3, \"name\": \"" + name + "\"}");
    }

    private JsonNode list(String query) {
        HttpResponse<String> answer = farm.get("/jobs" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestFarm.json(answer);
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.get("jobs").forEach(job -> ids.add(job.get("id").asText()));
        return ids;
    }

    @Test
    @DisplayName("is paged, newest first, and every job is on exactly one page")
    void isPaged() {
        List<String> submitted = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            submitted.add(submit("shot " + i));
        }

        List<String> seen = new ArrayList<>();
        String query = "?limit=3";
        int pages = 0;
        for (JsonNode page = list(query); ; page = list(query)) {
            pages++;
            seen.addAll(ids(page));
            if (page.get("next").isNull()) {
                break;
            }
            query = "?limit=3&cursor=" + page.get("next").asText();
        }

        Collections.reverse(submitted);
        assertThat(pages).isEqualTo(3);
        assertThat(seen).isEqualTo(submitted);
    }

    @Test
    @DisplayName("goes on where it was when new jobs come in between")
    void staysWhereItWas() {
        List<String> old = List.of(submit("a"), submit("b"), submit("c"));
        JsonNode first = list("?limit=1");
        submit("d");

        assertThat(ids(first)).containsExactly(old.get(2));
        assertThat(ids(list("?cursor=" + first.get("next").asText()))).containsExactly(old.get(1), old.get(0));
    }

    @Test
    @DisplayName("is narrowed by states and by what names contain")
    void isNarrowed() {
        String cat = submit("Cat walk");
        String dog = submit("dog");
        TestFarm.send(farm.request("/jobs/" + dog).DELETE());

        assertThat(ids(list("?name=cat"))).containsExactly(cat);
        assertThat(ids(list("?state=cancelled,failed"))).containsExactly(dog);
        assertThat(ids(list("?state=queued"))).containsExactly(cat);
        assertThat(ids(list("?state=queued&name=dog"))).isEmpty();
        assertThat(list("").get("jobs").get(0).get("batches").isNull()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("refuses a query that it does not understand, naming the parameter")
    @ValueSource(
            strings = {
                "limit=0",
                "limit=501",
                "limit=x",
                "state=done",
                "cursor=abc",
                "cursor=%00",
                "cursor=bm93IGpvYg",
                "colour=red",
                "name=%zz"
            })
    void refuses(String query) {
        HttpResponse<String> answer = farm.get("/jobs?" + query.replace("%zz", "%C3%28"));

        if (!query.contains("%zz")) {
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(TestFarm.json(answer).get("field").asText()).isEqualTo(query.substring(0, query.indexOf('=')));
        } else {
            assertThat(answer.statusCode()).isLessThan(500);
        }
    }
}
