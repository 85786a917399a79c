package io.renderfleet.discovery.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Where an etcd cluster is, how to get in, and under which prefix its nodes are. Immutable; each {@code with…} returns a changed copy.
 */
public final class EtcdAccess {
    /** Where nodes are unless something else is said. */
    public static final String USUAL_PREFIX = "/renderfleet/nodes/";

    private static final int MAX_PREFIX = 200;
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final int LARGEST_ANSWER = 64 << 20;

    private final List<URI> members;
    private final String prefix;
    private final @Nullable Login login;
    private final @Nullable Path ca;
    private final @Nullable KeyPair pair;

    private record Login(String user, String password) {}

    private record KeyPair(Path certificate, Path key) {}

    private EtcdAccess(
            List<URI> members, String prefix, @Nullable Login login, @Nullable Path ca, @Nullable KeyPair pair) {
        this.members = members;
        this.prefix = prefix;
        this.login = login;
        this.ca = ca;
        this.pair = pair;
    }

    /**
     * Names the members of a cluster.
     *
     * @param members such as {@code http://etcd-1:2379}, or {@code https} for TLS; at least one, all of the same kind
     * @return access without user, under {@link #USUAL_PREFIX}
     * @throws IllegalArgumentException if one is no such URL
     */
    public static EtcdAccess to(URI... members) {
        for (URI member : members) {
            boolean web = "http".equals(member.getScheme()) || "https".equals(member.getScheme());
            if (!web || member.getHost() == null || member.getPort() < 1 || member.getRawUserInfo() != null) {
                // What stands before an @ may be a secret.
                String shown = member.toString().replaceAll("^.*@", "…@");
                throw new IllegalArgumentException(
                        "'" + shown + "' is no member of etcd: it must be like http://etcd-1:2379");
            }
        }
        if (List.of(members).stream().map(URI::getScheme).distinct().count() != 1) {
            throw new IllegalArgumentException("members of etcd are given as " + List.of(members)
                    + ": at least one is needed, and all must be http or all https");
        }
        return new EtcdAccess(List.of(members), USUAL_PREFIX, null, null, null);
    }

    /**
     * Sets under which keys the nodes are.
     *
     * @param value begins and ends with a slash, at most 200 characters
     * @return a copy
     * @throws IllegalArgumentException if it is otherwise
     */
    public EtcdAccess withPrefix(String value) {
        if (!value.startsWith("/") || !value.endsWith("/") || value.length() > MAX_PREFIX) {
            throw new IllegalArgumentException(
                    "prefix is '" + value + "': it must begin and end with a slash, like " + USUAL_PREFIX);
        }
        return new EtcdAccess(members, value, login, ca, pair);
    }

    /**
     * Signs in.
     *
     * @param user of etcd
     * @param password a secret, which is never shown
     * @return a copy
     */
    public EtcdAccess withUser(String user, String password) {
        return new EtcdAccess(members, prefix, new Login(user, password), ca, pair);
    }

    /**
     * Trusts the certificates of one authority, in the place of those that Java trusts.
     *
     * @param file PEM
     * @return a copy
     */
    public EtcdAccess withCa(Path file) {
        return new EtcdAccess(members, prefix, login, file, pair);
    }

    /**
     * Shows a certificate.
     *
     * @param certificate PEM, with those between it and the authority
     * @param key PEM, PKCS #8, not encrypted
     * @return a copy
     */
    public EtcdAccess withCertificate(Path certificate, Path key) {
        return new EtcdAccess(members, prefix, login, ca, new KeyPair(certificate, key));
    }

    String prefix() {
        return prefix;
    }

    ByteSequence key(String id) {
        return bytes(prefix + id);
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    /** Makes a client, which connects when it is first used, and whose calls fail at once while no member answers. */
    Client open() throws SSLException {
        ClientBuilder builder = Client.builder()
                .endpoints(members)
                .connectTimeout(CONNECT)
                .waitForReady(false)
                .retryMaxAttempts(1)
                .maxInboundMessageSize(LARGEST_ANSWER)
                .keepaliveTime(Duration.ofSeconds(10))
                .keepaliveTimeout(Duration.ofSeconds(5));
        if (login != null) {
            builder.user(bytes(login.user())).password(bytes(login.password()));
        }
        if ("https".equals(members.get(0).getScheme())) {
            builder.sslContext(this::trust);
        }
        return builder.build();
    }

    private void trust(SslContextBuilder tls) {
        if (ca != null) {
            tls.trustManager(ca.toFile());
        }
        if (pair != null) {
            tls.keyManager(pair.certificate().toFile(), pair.key().toFile());
        }
    }

    /** Returns the members and the prefix, without secrets. */
    @Override
    public String toString() {
        return "etcd at " + members + " under " + prefix;
    }
}
