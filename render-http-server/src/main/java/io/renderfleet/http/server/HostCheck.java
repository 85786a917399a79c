package io.renderfleet.http.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.HostPort;

/**
 * Knows by which names a server may be called. A page that a browser shows can reach any address by a name of its own (DNS
 * rebinding), but it cannot forge {@code Host}: a name that is not ours is refused with 421.
 *
 * <p>Ports are not compared, since a container's or a proxy's may differ. Immutable.
 */
public final class HostCheck {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private final Set<String> names;
    private final boolean anyAddress;

    private HostCheck(Set<String> names, boolean anyAddress) {
        this.names = Set.copyOf(names);
        this.anyAddress = anyAddress;
    }

    /**
     * Allows the loopback names, the address that is listened on, and those that were configured. A server that listens on every
     * address also answers to any numeric address (which no rebinding can use) and to its machine's own name.
     *
     * @param bound the host that the server listens on
     * @param configured further names, without ports; {@code *} allows every name
     * @return the check
     */
    public static HostCheck of(String bound, Collection<String> configured) {
        Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
        names.add(normal(bound));
        configured.forEach(name -> names.add(normal(name)));
        boolean everywhere = bound.equals("0.0.0.0") || bound.equals("::") || bound.equals("[::]");
        if (everywhere) {
            try {
                names.add(normal(InetAddress.getLocalHost().getHostName()));
            } catch (UnknownHostException nameless) {
                // Then it has no name by which it could be called.
            }
        }
        return new HostCheck(names, everywhere);
    }

    /**
     * Returns whether only this machine can reach an address.
     *
     * @param host a name or an address
     * @return true if every address of that name is a loopback one
     * @throws IllegalArgumentException if the name has no address
     */
    public static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("host is '" + host + "': no address of that name is known", unknown);
        }
    }

    /**
     * Returns whether a name is ours.
     *
     * @param host as in the {@code Host} header, without the port
     * @return true if it is
     */
    public boolean allows(String host) {
        String name = normal(host);
        return names.contains(name)
                || names.contains("*")
                || (anyAddress && (name.startsWith("[") || IPV4.matcher(name).matches()));
    }

    private static String normal(String host) {
        String name = HostPort.normalizeHost(host.strip().toLowerCase(Locale.ROOT));
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
