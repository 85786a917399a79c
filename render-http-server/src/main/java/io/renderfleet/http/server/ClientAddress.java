package io.renderfleet.http.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** Where a call comes from, and whose calls are counted together. No name is ever looked up. */
final class ClientAddress {
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";
    private static final String IPV6 = "[0-9A-Fa-f]*:[0-9A-Fa-f:.]*";

    /** As proxies write it, some of them with the port. */
    private static final Pattern NODE =
            Pattern.compile("(" + IPV4 + ")(?::\\d+)?|(" + IPV6 + ")|\\[(" + IPV6 + ")](?::\\d+)?");

    private static final int NETWORK_BYTES = 8;

    private ClientAddress() {}

    /**
     * Finds out where a call comes from.
     *
     * @param request the call
     * @param trustProxy whether what connects here is a proxy. The address that it saw is the last one in {@code X-Forwarded-For}: the ones
     *     before it are the client's own words. Where there is none that can be read, the proxy itself counts
     * @return a numeric address
     */
    static String of(Request request, boolean trustProxy) {
        String peer = Request.getRemoteAddr(request);
        String forwarded = trustProxy ? request.getHeaders().getLast(HttpHeader.X_FORWARDED_FOR) : null;
        return forwarded == null
                ? peer
                : literal(forwarded.substring(forwarded.lastIndexOf(',') + 1).strip())
                        .map(InetAddress::getHostAddress)
                        .orElse(peer);
    }

    /**
     * Names what counts as one client: an IPv4 address, or the 64 bits of an IPv6 address that a network has to itself and in which a
     * machine can take any address that it likes (RFC 4291, section 2.5.4).
     *
     * @param address a numeric address
     */
    static String network(String address) {
        return literal(address).map(ClientAddress::network).orElse(address);
    }

    /** The same for an address that is known. */
    static String network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        try {
            byte[] network = Arrays.copyOf(Arrays.copyOf(address.getAddress(), NETWORK_BYTES), 16);
            return InetAddress.getByAddress(network).getHostAddress() + "/64";
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("16 bytes are an address", impossible);
        }
    }

    private static Optional<InetAddress> literal(String text) {
        Matcher matcher = NODE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String address = matcher.group(1) != null
                ? matcher.group(1)
                : matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
        try {
            return Optional.of(InetAddress.getByName(address));
        } catch (UnknownHostException malformed) {
            return Optional.empty();
        }
    }
}
