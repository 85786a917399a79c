package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An OpenAPI document, to hold a server's answers against. It is read more strictly than clients may: an answer that has a field, a
 * status, a media type or no header that the document does not have fails.
 */
final class DescribedApi {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "options", "head", "patch");
    private static final String SCHEMA = "https://json-schema.org/draft/2020-12/schema";
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final JsonNode document;
    private final Set<String> succeeded = new TreeSet<>();

    private DescribedApi(JsonNode document) {
        this.document = document;
    }

    static DescribedApi parse(String yaml) throws IOException {
        JsonNode document = YAML.readTree(yaml);
        assertThat(document.path("openapi").asText()).startsWith("3.1.");
        return new DescribedApi(document);
    }

    /** Such as {@code GET /jobs/{id}}. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(name -> {
                    if (METHODS.contains(name)) {
                        operations.add(name.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return operations;
    }

    Set<String> unansweredOperations() {
        Set<String> never = operations();
        never.removeAll(succeeded);
        return never;
    }

    List<String> operationIds() {
        List<String> ids = new ArrayList<>();
        operations()
                .forEach(operation ->
                        ids.add(operation(operation).path("operationId").asText()));
        return ids;
    }

    JsonNode operation(String operation) {
        String[] words = operation.split(" ", 2);
        return document.get("paths").get(words[1]).get(words[0].toLowerCase(java.util.Locale.ROOT));
    }

    List<String> danglingReferences() {
        List<String> dangling = new ArrayList<>();
        for (JsonNode reference : document.findValues("$ref")) {
            if (reference.isTextual()
                    && document.at(reference.asText().substring(1)).isMissingNode()) {
                dangling.add(reference.asText());
            }
        }
        return dangling;
    }

    List<String> faultySchemas() {
        List<String> faults = new ArrayList<>();
        document.at("/components/schemas")
                .properties()
                .forEach(schema -> SCHEMAS.getSchema(SchemaLocation.of(SCHEMA))
                        .validate(schema.getValue())
                        .forEach(fault -> faults.add(schema.getKey() + ": " + fault)));
        return faults;
    }

    List<String> undeclaredPathVariables() {
        List<String> undeclared = new ArrayList<>();
        document.get("paths").properties().forEach(path -> {
            Set<String> declared = new TreeSet<>();
            path.getValue()
                    .path("parameters")
                    .forEach(parameter ->
                            declared.add(resolve(parameter).path("name").asText()));
            Matcher variables = Pattern.compile("\\{([^}]+)}").matcher(path.getKey());
            while (variables.find()) {
                if (!declared.contains(variables.group(1))) {
                    undeclared.add(path.getKey() + " " + variables.group(1));
                }
            }
        });
        return undeclared;
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** Fails if an answer is not as the document says. */
    void check(String method, String template, HttpResponse<?> answer) {
        String operation = method + " " + template;
        int status = answer.statusCode();
        JsonNode described = operation(operation).get("responses").get(Integer.toString(status));
        assertThat(described).as("%s may answer %s", operation, status).isNotNull();
        JsonNode response = resolve(described);
        response.path("headers")
                .fieldNames()
                .forEachRemaining(header -> assertThat(answer.headers().firstValue(header))
                        .as("%s %s has the header %s", operation, status, header)
                        .isPresent());
        if (!method.equals("HEAD")) {
            content(operation + " " + status, response.path("content"), answer);
        }
        if (status < 300) {
            succeeded.add(operation);
        }
    }

    private void content(String what, JsonNode described, HttpResponse<?> answer) {
        Optional<String> type = answer.headers().firstValue("Content-Type").map(value -> value.replaceFirst(";.*", ""));
        if (described.isMissingNode()) {
            assertThat(answer.body()).as("%s has no content", what).isEqualTo("");
            return;
        }
        assertThat(type).as("%s has a media type", what).isPresent();
        JsonNode content = described.has(type.get())
                ? described.get(type.get())
                : described.get(type.get().replaceAll("/.*", "/*"));
        assertThat(content).as("%s may be %s", what, type.get()).isNotNull();
        if (type.get().endsWith("json")) {
            assertThat(faults(content.get("schema"), String.valueOf(answer.body())))
                    .as(what)
                    .isEmpty();
        }
    }

    private List<Error> faults(JsonNode schema, String body) {
        ObjectNode whole = JSON.createObjectNode();
        whole.put("$schema", SCHEMA);
        whole.set("allOf", JSON.createArrayNode().add(strict(schema)));
        whole.set("$defs", strict(document.at("/components/schemas")));
        try {
            JsonNode local = JSON.readTree(whole.toString().replace("#/components/schemas/", "#/$defs/"));
            return SCHEMAS.getSchema(local).validate(JSON.readTree(body));
        } catch (IOException unreadable) {
            throw new AssertionError(body, unreadable);
        }
    }

    /** Objects with the fields that are described, and no others. */
    private static JsonNode strict(JsonNode schema) {
        JsonNode copy = schema.deepCopy();
        for (JsonNode parent : copy.findParents("properties")) {
            if (parent instanceof ObjectNode object && !object.has("additionalProperties")) {
                object.put("additionalProperties", false);
            }
        }
        return copy;
    }

    @Override
    public String toString() {
        return Map.of("operations", operations().size()).toString();
    }
}
