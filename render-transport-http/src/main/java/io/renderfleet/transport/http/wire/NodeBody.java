package io.renderfleet.transport.http.wire;

import static io.renderfleet.transport.http.wire.BadRequestException.checked;
import static io.renderfleet.transport.http.wire.BadRequestException.shown;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.NodeDescription;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PUT /nodes/{id}}: the fields of {@code GET /node}, and where that is.
 *
 * @param url where the node is to be reached
 * @param id the node's id
 * @param bootId another one at each start
 * @param version the version of its software
 * @param engines what can render there
 * @param slots how many batches it takes at once
 * @param busy how many it has
 * @param draining whether it takes no more
 * @param labels what requests can require
 * @param cores how many processors
 * @param memoryBytes how much memory
 * @param capabilities what its protocol can do
 * @param sandbox what shuts its programs in; taken, and not looked at
 * @param sandboxReason why; likewise
 * @param key by which the orchestrator is to get into this node, and nobody else; left out where it needs none. Not shown by {@link
 *     #toString}
 */
public record NodeBody(
        @Nullable String url,
        @Nullable String id,
        @Nullable String bootId,
        @Nullable String version,
        @Nullable List<NodeInfo.@Nullable Engine> engines,
        @Nullable Integer slots,
        @Nullable Integer busy,
        @Nullable Boolean draining,
        @Nullable Map<String, @Nullable String> labels,
        @Nullable Integer cores,
        @Nullable Long memoryBytes,
        @Nullable List<@Nullable String> capabilities,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String sandbox,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String sandboxReason,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key) {

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{32,256}");
    private static final int MAX_URL = 512;
    private static final int MAX_TEXT = 128;
    private static final int MAX_LIST = 64;
    private static final int MAX_SLOTS = 10_000;
    private static final String RIGHT_URL = "it must be like http://node-1:3000";

    /**
     * Returns how a node registers.
     *
     * @param url where it is to be reached
     * @param node what it says of itself
     * @param key by which it lets the orchestrator in, or null
     * @return the body
     */
    public static NodeBody of(URI url, NodeDescription node, @Nullable String key) {
        NodeInfo info = NodeInfo.of(node);
        return new NodeBody(
                url.toString(),
                info.id(),
                info.bootId(),
                info.version(),
                info.engines() == null ? null : List.copyOf(info.engines()),
                info.slots(),
                info.busy(),
                info.draining(),
                info.labels() == null ? null : Map.copyOf(info.labels()),
                info.cores(),
                info.memoryBytes(),
                info.capabilities() == null ? null : List.copyOf(info.capabilities()),
                info.sandbox(),
                info.sandboxReason(),
                key);
    }

    NodeOffer toOffer() throws BadRequestException {
        URI where = address();
        if (id == null) {
            throw new BadRequestException("id", "id is missing: it must be the node's id, as in the path");
        }
        text("bootId", bootId);
        text("version", version);
        range("slots", slots, 1, MAX_SLOTS);
        range("busy", busy, 0, MAX_SLOTS);
        range("cores", cores, 0, Integer.MAX_VALUE);
        if (memoryBytes != null && memoryBytes < 0) {
            throw new BadRequestException("memoryBytes", "memoryBytes is " + memoryBytes + ": it must be 0 or more");
        }
        checkEngines();
        checkLabels();
        checkCapabilities();
        if (key != null && !KEY.matcher(key).matches()) {
            // What was sent may be a key all the same, and an answer can be logged.
            throw new BadRequestException("key", "key must have 32 to 256 visible ASCII characters");
        }
        return new NodeOffer(where, checked("id", () -> info().toDescription()), key);
    }

    @Override
    public String toString() {
        return "NodeBody[url=" + url + ", id=" + id + "]";
    }

    private NodeInfo info() {
        return new NodeInfo(
                id,
                bootId,
                version,
                null,
                slots,
                busy,
                draining,
                labels == null ? Map.of() : withoutNulls(labels),
                cores,
                memoryBytes,
                null,
                null,
                null);
    }

    private static Map<String, String> withoutNulls(Map<String, @Nullable String> labels) {
        Map<String, String> sure = new TreeMap<>();
        labels.forEach((name, value) -> sure.put(name, value == null ? "" : value));
        return sure;
    }

    private URI address() throws BadRequestException {
        if (url == null) {
            throw new BadRequestException("url", "url is missing: " + RIGHT_URL);
        }
        URI uri;
        try {
            uri = new URI(url.length() > MAX_URL ? "" : url);
        } catch (URISyntaxException e) {
            throw wrongUrl();
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean web = (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
        if (!web || uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw wrongUrl();
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw wrongUrl();
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("/+$", "");
        return URI.create(scheme + "://" + uri.getRawAuthority().toLowerCase(Locale.ROOT) + path);
    }

    private BadRequestException wrongUrl() {
        return new BadRequestException("url", "url is '" + shown(String.valueOf(url)) + "': " + RIGHT_URL);
    }

    private void checkEngines() throws BadRequestException {
        if (engines == null) {
            return;
        }
        few("engines", engines.size());
        for (NodeInfo.Engine engine : engines) {
            if (engine == null || engine.name() == null) {
                throw new BadRequestException("engines", "engines: each must be like {\"name\": \"blender\"}");
            }
            text("engines.name", engine.name());
            text("engines.version", engine.version());
        }
    }

    private void checkLabels() throws BadRequestException {
        if (labels == null) {
            return;
        }
        few("labels", labels.size());
        for (Map.Entry<String, @Nullable String> label : labels.entrySet()) {
            if (label.getKey().isBlank() || label.getValue() == null) {
                throw new BadRequestException("labels", "labels: each must have a name and a text as its value");
            }
            text("labels", label.getKey());
            text("labels." + shown(label.getKey()), label.getValue());
        }
    }

    private void checkCapabilities() throws BadRequestException {
        if (capabilities == null) {
            return;
        }
        few("capabilities", capabilities.size());
        for (String capability : capabilities) {
            if (capability == null) {
                throw new BadRequestException("capabilities", "capabilities: each must be a text");
            }
            text("capabilities", capability);
        }
    }

    private static void text(String field, @Nullable String value) throws BadRequestException {
        if (value != null && (value.length() > MAX_TEXT || value.chars().anyMatch(Character::isISOControl))) {
            throw new BadRequestException(
                    field,
                    field + " is '" + shown(value) + "': it must have at most " + MAX_TEXT + " printable characters");
        }
    }

    private static void few(String field, int count) throws BadRequestException {
        if (count > MAX_LIST) {
            throw new BadRequestException(
                    field, field + " has " + count + " entries: at most " + MAX_LIST + " are allowed");
        }
    }

    private static void range(String field, @Nullable Integer value, int low, int high) throws BadRequestException {
        if (value != null && (value < low || value > high)) {
            throw new BadRequestException(field, field + " is " + value + ": it must be from " + low + " to " + high);
        }
    }
}
