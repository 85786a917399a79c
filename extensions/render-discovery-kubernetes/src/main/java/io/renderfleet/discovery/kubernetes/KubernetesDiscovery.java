package io.renderfleet.discovery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pods behind a service of Kubernetes, by its EndpointSlices.
 *
 * <pre>{@code
 * KubernetesDiscovery.service("farm", "render-node").port("http").build()
 * }</pre>
 *
 * <p>A pod is a node while it is ready. One that terminates, or fails its readiness probe, leaves the list: it gets no new work, and what it
 * has is followed to its end. It watches the slices, and every {@linkplain Builder#every few seconds} it asks whether the API server still
 * answers; after each outage it reads everything again. While the API server does not answer, the nodes of the last answer stay.
 *
 * <p>It may {@code get}, {@code list} and {@code watch} the resource {@code endpointslices} of the API group {@code discovery.k8s.io} in that
 * one namespace, and needs no other right. What a node can render is told by the node itself when it is called.
 *
 * <p>Has a daemon thread, and those of the client, from {@link #start} to {@link #close}. Thread-safe.
 */
public final class KubernetesDiscovery implements NodeDiscovery {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private final SliceWatch watch;

    private KubernetesDiscovery(Builder from) {
        this.watch = new SliceWatch(
                from.config != null ? from.config : Config.autoConfigure(null),
                from.namespace,
                from.service,
                from.labels,
                new SliceNodes(from.scheme, from.port),
                from.every);
    }

    /**
     * Begins a discovery.
     *
     * @param namespace of the service
     * @param name of the service, which may be a headless one
     * @return a new builder, not thread-safe
     * @throws IllegalArgumentException if one of them is no name that Kubernetes has for such things (RFC 1123)
     */
    public static Builder service(String namespace, String name) {
        return new Builder(checked("namespace", namespace), checked("service", name));
    }

    private static String checked(String what, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    what + " is '" + value
                            + "': it must be 1 to 63 small letters, digits and hyphens, and neither begin nor end with a hyphen");
        }
        return value;
    }

    @Override
    public void start(Consumer<Set<Target>> snapshots) {
        watch.start(snapshots);
    }

    @Override
    public Optional<String> trouble() {
        return watch.trouble();
    }

    @Override
    public void close() {
        watch.close();
    }

    /** Returns which service it watches. */
    @Override
    public String toString() {
        return watch.toString();
    }

    /** Gathers what to watch. Not thread-safe. */
    public static final class Builder {
        private final String namespace;
        private final String service;
        private Map<String, String> labels = Map.of();
        private String scheme = "http";
        private @Nullable String port;
        private Duration every = Duration.ofSeconds(10);
        private @Nullable Config config;

        private Builder(String namespace, String service) {
            this.namespace = namespace;
            this.service = service;
        }

        /**
         * Sets on which port nodes listen.
         *
         * @param nameOrNumber as the service calls its port, or the port of the pods; default the only one, and no nodes where there are several
         * @return this builder
         */
        public Builder port(String nameOrNumber) {
            port = nameOrNumber;
            return this;
        }

        /**
         * Has nodes called by {@code https}.
         *
         * @return this builder
         */
        public Builder https() {
            scheme = "https";
            return this;
        }

        /**
         * Takes only slices with these labels, which they have from their service.
         *
         * @param wanted names and values, all of which a slice must have; default none
         * @return this builder
         */
        public Builder withLabels(Map<String, String> wanted) {
            labels = Map.copyOf(wanted);
            return this;
        }

        /**
         * Sets how often the API server is asked whether it still answers, and how long to wait after a failure.
         *
         * @param value at least 10 ms; default 10 s
         * @return this builder
         * @throws IllegalArgumentException if it is shorter
         */
        public Builder every(Duration value) {
            if (value.toMillis() < 10) {
                throw new IllegalArgumentException("every is " + value + ": it must be at least 10 ms");
            }
            every = value;
            return this;
        }

        /**
         * Sets how to reach the API server.
         *
         * @param value of the client; default the service account of the pod that this runs in, or {@code KUBECONFIG}, or {@code
         *     ~/.kube/config}
         * @return this builder
         */
        public Builder config(Config value) {
            config = value;
            return this;
        }

        /**
         * Makes the discovery.
         *
         * @return one that has not begun
         */
        public KubernetesDiscovery build() {
            return new KubernetesDiscovery(this);
        }
    }
}
