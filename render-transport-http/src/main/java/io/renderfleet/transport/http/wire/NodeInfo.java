package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /node}.
 *
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
 * @param capabilities what its protocol can do, by {@link Capability#wireName()}
 * @param sandbox what shuts its programs in: {@code bubblewrap} or {@code off}; null where it starts none, or does not say so
 * @param sandboxReason why, in a sentence
 */
public record NodeInfo(
        @Nullable String id,
        @Nullable String bootId,
        @Nullable String version,
        @Nullable List<Engine> engines,
        @Nullable Integer slots,
        @Nullable Integer busy,
        @Nullable Boolean draining,
        @Nullable Map<String, String> labels,
        @Nullable Integer cores,
        @Nullable Long memoryBytes,
        @Nullable List<String> capabilities,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String sandbox,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String sandboxReason) {

    /**
     * What renders there.
     *
     * @param name such as {@code blender}
     * @param version such as {@code 3.4.1}
     */
    public record Engine(@Nullable String name, @Nullable String version) {}

    /**
     * Makes the wire form of a description.
     *
     * @param node the description
     * @return its body
     */
    public static NodeInfo of(NodeDescription node) {
        return new NodeInfo(
                node.id().value(),
                node.bootId(),
                node.version(),
                node.engines().stream()
                        .map(engine -> new Engine(engine.name(), engine.version()))
                        .toList(),
                node.slots(),
                node.busy(),
                node.draining(),
                new TreeMap<>(node.labels()),
                node.cores(),
                node.memoryBytes(),
                node.capabilities().stream().sorted().map(Capability::wireName).toList(),
                null,
                null);
    }

    /**
     * Says what shuts the node's programs in.
     *
     * @param by {@code bubblewrap} or {@code off}
     * @param reason why, in a sentence
     * @return a changed copy
     */
    public NodeInfo shutInBy(String by, String reason) {
        return new NodeInfo(
                id,
                bootId,
                version,
                engines,
                slots,
                busy,
                draining,
                labels,
                cores,
                memoryBytes,
                capabilities,
                by,
                reason);
    }

    /**
     * Reads it.
     *
     * @return the description; what is missing is filled in with the least
     * @throws IllegalArgumentException if the id is missing or wrong, or the slots are
     */
    public NodeDescription toDescription() {
        if (id == null) {
            throw new IllegalArgumentException("a node without id");
        }
        return new NodeDescription(
                new NodeId(id),
                orUnknown(bootId),
                orUnknown(version),
                engines == null
                        ? List.of()
                        : engines.stream()
                                .map(engine -> new EngineInfo(orUnknown(engine.name()), orUnknown(engine.version())))
                                .toList(),
                slots == null ? 1 : slots,
                busy == null ? 0 : busy,
                draining != null && draining,
                labels == null ? Map.of() : labels,
                cores == null ? 0 : cores,
                memoryBytes == null ? 0 : memoryBytes,
                known(capabilities == null ? List.of() : capabilities));
    }

    private static Set<Capability> known(List<String> names) {
        return names.stream()
                .map(String::valueOf)
                .map(Capability::fromWire)
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String orUnknown(@Nullable String text) {
        return text == null ? "unknown" : text;
    }
}
