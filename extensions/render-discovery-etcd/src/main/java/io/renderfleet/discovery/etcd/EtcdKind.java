package io.renderfleet.discovery.etcd;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.discovery.DiscoveryKind;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * etcd, as programs find it by an address that begins with {@code etcd:} and goes on with the members of the cluster, separated by commas.
 * Settings are {@code prefix}, {@code user} and {@code password}, the PEM files {@code tls-ca}, {@code tls-cert} and {@code tls-key}, and
 * {@code label.NAME}, the labels that nodes must announce.
 */
public final class EtcdKind implements DiscoveryKind {
    private static final Set<String> KNOWN = Set.of("prefix", "user", "password", "tls-ca", "tls-cert", "tls-key");
    private static final String LABEL = "label.";

    /** Called by the loader of services. */
    public EtcdKind() {}

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public String example() {
        return "etcd:http://etcd-1:2379";
    }

    @Override
    public NodeDiscovery discovery(String place, Map<String, String> settings) {
        Map<String, String> labels = new TreeMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(LABEL)) {
                labels.put(name.substring(LABEL.length()), value);
            }
        });
        return EtcdDiscovery.of(access(place, settings)).withLabels(labels);
    }

    private static EtcdAccess access(String place, Map<String, String> settings) {
        for (String name : settings.keySet()) {
            if (!KNOWN.contains(name) && !name.startsWith(LABEL)) {
                throw new IllegalArgumentException("there is no setting etcd." + name + ": there are label.NAME and "
                        + KNOWN.stream().sorted().toList());
            }
        }
        EtcdAccess access = EtcdAccess.to(
                Arrays.stream(place.split(",", -1)).map(EtcdKind::member).toArray(URI[]::new));
        access = access.withPrefix(settings.getOrDefault("prefix", EtcdAccess.USUAL_PREFIX));
        if (isPair(settings, "user", "password")) {
            access = access.withUser(settings.getOrDefault("user", ""), settings.getOrDefault("password", ""));
        }
        @Nullable String ca = settings.get("tls-ca");
        if (ca != null) {
            access = access.withCa(Path.of(ca));
        }
        if (isPair(settings, "tls-cert", "tls-key")) {
            access = access.withCertificate(
                    Path.of(settings.getOrDefault("tls-cert", "")), Path.of(settings.getOrDefault("tls-key", "")));
        }
        return access;
    }

    private static URI member(String text) {
        try {
            return new URI(text.strip());
        } catch (URISyntaxException e) {
            // Without it as cause: its message has the whole address, with what may be secret in there.
            throw new IllegalArgumentException("a member of etcd must be like http://etcd-1:2379: " + e.getReason());
        }
    }

    private static boolean isPair(Map<String, String> settings, String one, String other) {
        if (settings.containsKey(one) != settings.containsKey(other)) {
            throw new IllegalArgumentException("etcd." + one + " and etcd." + other + " need each other");
        }
        return settings.containsKey(one);
    }
}
