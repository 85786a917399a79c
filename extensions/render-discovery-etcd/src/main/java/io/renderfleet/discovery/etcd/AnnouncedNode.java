package io.renderfleet.discovery.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.discovery.NodeAddress;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a node says of itself in a registry: {@code {"address":"http://node-1:3000","labels":{"pool":"gpu"}}}. Fields that are not known are
 * passed over, so that later versions can say more.
 *
 * @param address where it is called
 * @param labels names and values, at most {@value #MOST_LABELS}
 */
record AnnouncedNode(URI address, Map<String, String> labels) {
    static final int LARGEST = 16 << 10;
    static final int MOST_LABELS = 32;

    private static final int LONGEST_LABEL = 128;
    private static final ObjectMapper JSON = new ObjectMapper();

    AnnouncedNode {
        labels = Map.copyOf(labels);
        if (labels.size() > MOST_LABELS) {
            throw new IllegalArgumentException(
                    "it has " + labels.size() + " labels: at most " + MOST_LABELS + " are allowed");
        }
        labels.forEach((name, value) -> {
            if (name.isBlank() || name.length() > LONGEST_LABEL || value.length() > LONGEST_LABEL) {
                throw new IllegalArgumentException(
                        "a label has a name and a value of at most " + LONGEST_LABEL + " characters");
            }
        });
    }

    /**
     * Reads an entry.
     *
     * @throws IllegalArgumentException if it is too large, no JSON, or has no address, with what is wrong in a sentence
     */
    static AnnouncedNode read(byte[] json) {
        if (json.length > LARGEST) {
            throw new IllegalArgumentException("it has " + json.length + " bytes: at most " + LARGEST + " are allowed");
        }
        JsonNode node;
        try {
            node = JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("it is no JSON", e);
        }
        if (!node.path("address").isTextual()) {
            throw new IllegalArgumentException(
                    "it has no address: it must be like {\"address\":\"http://node-1:3000\"}");
        }
        Map<String, String> labels = new HashMap<>();
        for (Map.Entry<String, JsonNode> label : node.path("labels").properties()) {
            labels.put(label.getKey(), label.getValue().asText());
        }
        return new AnnouncedNode(NodeAddress.of(node.path("address").textValue()), labels);
    }

    /** Writes the entry; the same node gives the same text. */
    String json() {
        ObjectNode node = JSON.createObjectNode().put("address", address.toString());
        ObjectNode written = node.putObject("labels");
        new TreeMap<>(labels).forEach(written::put);
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean bears(Map<String, String> wanted) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }
}
