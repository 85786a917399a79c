package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes a call of each operation that succeeds for somebody who may make it, about things of alice's and about the node n-1. */
final class MatrixCalls {
    private static final String WAITING = "{\"frames\": \"1-3\", \"requires\": {\"gpu\": \"none-has-this\"}}";
    private static final String OFFER = "{\"id\": \"n-1\", \"url\": \"http://127.0.0.1:9\", \"slots\": 1}";
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    /** An operation that has a body and is not here fails the test: say what to send. */
    private static final Map<String, String> BODIES = Map.of(
            "submit",
            WAITING,
            "reprioritizeJob",
            "{\"priority\": 7}",
            "registerNode",
            OFFER,
            "sendScene",
            "hello",
            "leaveContent",
            "hello");

    private final TestFarm farm;
    private final String alice;
    private final String admin;
    private final String finished;
    private final String file;
    private final String node;

    MatrixCalls(TestFarm farm, String alice, String admin) {
        this.farm = farm;
        this.alice = alice;
        this.admin = admin;
        String job = submitted("{\"frames\": \"1\", \"settings\": {\"width\": 32, \"height\": 18}}");
        this.finished = job;
        awaitEnd(job);
        this.file = json(send(admin, "GET", "/jobs/" + job + "/frames", ""))
                .at("/frames/0/files/0/name")
                .asText();
        this.node = json(send(admin, "GET", "/nodes", "")).at("/nodes/0/id").asText();
        send(admin, "PUT", "/scenes/" + HELLO, "hello");
        send(admin, "PUT", "/content/" + HELLO, "hello");
    }

    private void awaitEnd(String job) {
        while (farm(admin, "GET", "/status/" + job, "", "Prefer", "wait=20").statusCode() == 202) {
            // Held until it has ended.
        }
    }

    /** Prepares what the call is about, and makes it ready to be sent without its token. */
    HttpRequest.Builder prepared(String operation, JsonNode described) {
        String[] words = operation.split(" ", 2);
        String id = described.path("operationId").asText();
        boolean hasBody = described.has("requestBody");
        assertThat(!hasBody || BODIES.containsKey(id))
                .as("%s has a body: MatrixCalls must know one", operation)
                .isTrue();
        String path =
                Pattern.compile("\\{(\\w+)}").matcher(words[1]).replaceAll(variable -> value(id, words[1], variable));
        return farm.request(path)
                .header("Content-Type", type(path))
                .method(words[0], hasBody ? BodyPublishers.ofString(BODIES.get(id)) : BodyPublishers.noBody());
    }

    private String value(String id, String template, MatchResult variable) {
        return switch (variable.group(1)) {
            case "frame" -> "1";
            case "file" -> file;
            case "part" -> "main.js";
            case "sha256" -> HELLO;
            case "id" -> template.startsWith("/nodes") ? nodeFor(id) : jobFor(id, template);
            default -> throw new AssertionError(template + ": MatrixCalls must know a " + variable.group(1));
        };
    }

    private String nodeFor(String id) {
        if (id.equals("registerNode")) {
            return "n-1";
        }
        if (id.equals("removeNode")) {
            send(admin, "PUT", "/nodes/n-1", OFFER);
            return "n-1";
        }
        return node;
    }

    private String jobFor(String id, String template) {
        if (template.matches("/jobs/\\{id}/(frames.*|archive|log)")) {
            return finished;
        }
        String job = submitted(WAITING);
        if (id.equals("retryJob")) {
            send(admin, "DELETE", "/jobs/" + job, "");
        }
        return job;
    }

    private String submitted(String body) {
        return json(send(alice, "POST", "/render", body)).get("jobId").asText();
    }

    private HttpResponse<String> send(String token, String method, String path, String body) {
        HttpResponse<String> answer = farm(token, method, path, body, "Accept", "application/json");
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isLessThan(300);
        return answer;
    }

    private HttpResponse<String> farm(String token, String method, String path, String body, String... header) {
        return TestFarm.send(farm.request(path)
                .headers(header)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private static String type(String path) {
        return path.matches("/(scenes|content)/.*") ? "application/octet-stream" : "application/json";
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return TestFarm.json(answer);
    }
}
