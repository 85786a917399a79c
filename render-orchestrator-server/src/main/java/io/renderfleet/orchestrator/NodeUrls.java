package io.renderfleet.orchestrator;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * At which URLs nodes may register. The orchestrator calls these URLs with its own token, so a list that is too wide would let a client
 * that may register send it anywhere.
 *
 * <p>A rule is one of
 * <ul>
 *   <li>{@code caller}: the address from which the node itself calls, which is all that is allowed where there are no rules;
 *   <li>{@code 10.0.0.0/8}: an address or a range of them; a name counts by all its addresses;
 *   <li>{@code node-1} or {@code *.farm.example}: a host by its name, or all below a domain;
 *   <li>{@code https://nodes.example:3000/}: scheme, host as above, port if there is one, and the beginning of the path.
 * </ul>
 *
 * <p>Immutable.
 */
final class NodeUrls {
    private static final String CALLER = "caller";

    private final List<Rule> rules;

    private NodeUrls(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Allows or not. It may ask for the addresses of a name, and so take a while. */
    private interface Rule {
        boolean allows(URI url, InetAddress caller);
    }

    /**
     * Reads rules.
     *
     * @throws IllegalArgumentException naming the rule that cannot be read
     */
    static NodeUrls of(List<String> texts) {
        List<Rule> rules = new ArrayList<>();
        texts.forEach(text -> rules.add(parse(text.strip())));
        return new NodeUrls(rules.isEmpty() ? List.of(NodeUrls::isCaller) : rules);
    }

    boolean allow(URI url, InetAddress caller) {
        return rules.stream().anyMatch(rule -> rule.allows(url, caller));
    }

    private static Rule parse(String text) {
        if (text.equals(CALLER)) {
            return NodeUrls::isCaller;
        }
        if (UrlPrefix.isOne(text)) {
            return UrlPrefix.parse(text)::matches;
        }
        if (AddressRange.isOne(text)) {
            AddressRange range = AddressRange.parse(text);
            return (url, caller) -> addresses(url).stream().allMatch(range::contains)
                    && !addresses(url).isEmpty();
        }
        HostPattern host = HostPattern.parse(text);
        return (url, caller) -> host.matches(hostOf(url));
    }

    /** A caller on this machine may name any of its loopback addresses. */
    private static boolean isCaller(URI url, InetAddress caller) {
        List<InetAddress> addresses = addresses(url);
        return !addresses.isEmpty()
                && addresses.stream()
                        .allMatch(address ->
                                address.equals(caller) || (address.isLoopbackAddress() && caller.isLoopbackAddress()));
    }

    private static List<InetAddress> addresses(URI url) {
        try {
            return List.of(InetAddress.getAllByName(url.getHost()));
        } catch (UnknownHostException nowhere) {
            return List.of();
        }
    }

    static String hostOf(URI url) {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
