package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What a node says when it registers")
class NodeOffersTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static TestFarm farm;

    @BeforeAll
    static void start() throws Exception {
        farm = new TestFarm(folder, 0);
    }

    @AfterAll
    static void stop() {
        farm.close();
    }

    private static HttpResponse<String> put(String path, String body) {
        return farm.call("PUT", path, body);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "url | null | url is missing: it must be like http://node-1:3000",
                "url | 'ftp://127.0.0.1' | url is 'ftp://127.0.0.1': it must be like http://node-1:3000",
                "url | 'http://user:word@127.0.0.1' | it must be like http://node-1:3000",
                "url | 'http://127.0.0.1:3000/?a=b' | it must be like http://node-1:3000",
                "url | 17 | field 'url' is 17: it must be a text in quotes",
                "id | null | id is missing",
                "id | 'n-2' | id is 'n-2': it must be that of the path, 'n-1'",
                "id | '../n' | is not an id",
                "slots | 0 | slots is 0: it must be from 1 to 10000",
                "slots | '1' | field 'slots' is",
                "busy | -1 | busy is -1: it must be from 0 to 10000",
                "memoryBytes | -1 | memoryBytes is -1: it must be 0 or more",
                "labels | {'gpu': null} | labels: each must have a name and a text as its value",
                "engines | [{}] | engines: each must be like",
                "speed | 3 | field 'speed' is unknown: known here are",
            })
    @DisplayName("is in a form that is checked")
    void badOffers(String field, String value, String message) throws Exception {
        ObjectNode body = (ObjectNode) JSON.readTree("{\"id\": \"n-1\", \"url\": \"http://127.0.0.1:3001\"}");
        body.set(field, JSON.readTree(value.replace('\'', '"')));

        HttpResponse<String> answer = put("/nodes/n-1", body.toString());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(TestFarm.json(answer).get("detail").asText()).contains(message);
        assertThat(TestFarm.json(answer).get("field").asText()).isEqualTo(field);
    }

    @Test
    @DisplayName("is refused where it is no JSON, of another type, or too long, or the id is none")
    void badBodies() throws Exception {

        assertThat(put("/nodes/n-1", "{").statusCode()).isEqualTo(400);
        assertThat(put("/nodes/n-1", " ".repeat(70_000)).statusCode()).isEqualTo(413);
        assertThat(TestFarm.send(farm.request("/nodes/n-1").PUT(BodyPublishers.ofString("{}", StandardCharsets.UTF_8)))
                        .statusCode())
                .isEqualTo(415);
        assertThat(put("/nodes/~n", "{}").statusCode()).isEqualTo(400);
    }
}
