package io.renderfleet.discovery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.discovery.DiscoveryKind;
import io.renderfleet.discovery.KindSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * A service of Kubernetes, as programs find it by an address that begins with {@code kubernetes:} and goes on with namespace, slash, and name,
 * or the name alone where the namespace is that of this pod or of the current context.
 *
 * <p>Settings are {@code port}, the name or number of the nodes' port; {@code scheme}, {@code http} by default, or {@code https}; {@code
 * kubeconfig} and {@code context} for programs outside the cluster; and {@code label.NAME}, which the service must have.
 */
public final class KubernetesKind implements DiscoveryKind {
    private static final Set<String> KNOWN = Set.of("port", "scheme", "kubeconfig", "context", "label.");

    /** Called by the loader of services. */
    public KubernetesKind() {}

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public String example() {
        return "kubernetes:farm/render-node";
    }

    @Override
    public NodeDiscovery discovery(String place, KindSettings settings) {
        settings.requireOnly(KNOWN);
        Config config = config(settings);
        int slash = place.indexOf('/');
        KubernetesDiscovery.Builder builder = KubernetesDiscovery.service(
                        slash < 0 ? namespace(config) : place.substring(0, slash), place.substring(slash + 1))
                .config(config)
                .withLabels(settings.labels());
        settings.get("port").ifPresent(builder::port);
        switch (settings.get("scheme").orElse("http")) {
            case "http" -> {}
            case "https" -> builder.https();
            default ->
                throw new IllegalArgumentException("kubernetes.scheme is '"
                        + settings.get("scheme").orElseThrow() + "': it must be http or https");
        }
        return builder.build();
    }

    private static String namespace(Config config) {
        if (config.getNamespace() == null) {
            throw new IllegalArgumentException("the namespace is missing: it must be like kubernetes:farm/render-node");
        }
        return config.getNamespace();
    }

    private static Config config(KindSettings settings) {
        String context = settings.get("context").orElse(null);
        String file = settings.get("kubeconfig").orElse(null);
        if (file == null) {
            return Config.autoConfigure(context);
        }
        if (!Files.isReadable(Path.of(file))) {
            throw new IllegalArgumentException(
                    "kubernetes.kubeconfig is '" + file + "': it is no file that can be read");
        }
        return Config.fromKubeconfig(context, Path.of(file).toFile());
    }
}
