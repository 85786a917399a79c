package io.renderfleet.discovery.etcd;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.discovery.Announcer;
import io.renderfleet.discovery.DiscoveryKind;
import io.renderfleet.discovery.KindSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

/**
 * etcd, as programs find it by an address that begins with {@code etcd:} and goes on with the members of the cluster, separated by commas.
 * Settings are {@code prefix}, {@code user} and {@code password}, which go over plain {@code http} to another machine only where {@code
 * insecure} is {@code true}, the PEM files {@code tls-ca}, {@code tls-cert} and {@code tls-key}, and {@code label.NAME}, the labels that
 * nodes must announce to be found.
 */
public final class EtcdKind implements DiscoveryKind {
    private static final Set<String> KNOWN =
            Set.of("prefix", "user", "password", "insecure", "tls-ca", "tls-cert", "tls-key", "label.");
    private static final Duration LIFETIME = Duration.ofSeconds(15);

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
    public NodeDiscovery discovery(String place, KindSettings settings) {
        return EtcdDiscovery.of(access(place, settings)).withLabels(settings.labels());
    }

    @Override
    public Announcer announcer(String place, KindSettings settings) {
        EtcdAccess access = access(place, settings);
        return (id, address, labels) -> EtcdAnnouncement.begin(access, id, address, labels, LIFETIME);
    }

    private static EtcdAccess access(String place, KindSettings settings) {
        settings.requireOnly(KNOWN);
        URI[] members =
                Arrays.stream(place.split(",", -1)).map(EtcdKind::member).toArray(URI[]::new);
        EtcdAccess access =
                EtcdAccess.to(members).withPrefix(settings.get("prefix").orElse(EtcdAccess.USUAL_PREFIX));
        if (settings.isPair("user", "password")) {
            Arrays.stream(members).forEach(member -> settings.requireSafe("password", member));
            access = access.withUser(
                    settings.get("user").orElseThrow(), settings.get("password").orElseThrow());
        }
        if (settings.get("tls-ca").isPresent()) {
            access = access.withCa(Path.of(settings.get("tls-ca").orElseThrow()));
        }
        if (settings.isPair("tls-cert", "tls-key")) {
            access = access.withCertificate(
                    Path.of(settings.get("tls-cert").orElseThrow()),
                    Path.of(settings.get("tls-key").orElseThrow()));
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
}
