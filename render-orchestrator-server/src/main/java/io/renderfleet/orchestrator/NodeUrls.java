package io.renderfleet.orchestrator;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

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
 * <p>Where the first two allow a name, connections go to the addresses that it had at that moment, so that it cannot lead elsewhere later on;
 * the last two trust your DNS. Immutable.
 */
final class NodeUrls {
    private static final String CALLER = "caller";

    private final List<Rule> rules;

    private NodeUrls(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Allows or not. */
    private interface Rule {
        boolean allows(Offer offer);

        /** Whether it looks at addresses: then these are what is allowed, and not whatever the name leads to later. */
        default boolean isOfAddresses() {
            return true;
        }
    }

    /** A rule about what stands in the URL. */
    private interface NameRule extends Rule {
        @Override
        default boolean isOfAddresses() {
            return false;
        }
    }

    /**
     * Where a node wants to be called.
     *
     * @param url its URL
     * @param addresses those of the URL's host, looked up once
     * @param caller from where it calls
     */
    private record Offer(URI url, List<InetAddress> addresses, InetAddress caller) {
        boolean all(Predicate<InetAddress> rule) {
            return !addresses.isEmpty() && addresses.stream().allMatch(rule);
        }
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

    /**
     * Says whether a node may be called at a URL. It asks for the addresses of a name, and so takes a while.
     *
     * @return the only addresses that may be connected to for it; none where a rule allows the URL by its name, wherever that leads; empty
     *     if it may not be called
     */
    Optional<List<InetAddress>> allowed(URI url, InetAddress caller) {
        Offer offer = new Offer(url, addresses(url), caller);
        List<Rule> allowing = rules.stream().filter(rule -> rule.allows(offer)).toList();
        if (allowing.isEmpty()) {
            return Optional.empty();
        }
        boolean byAddress = allowing.stream().allMatch(Rule::isOfAddresses);
        return Optional.of(byAddress ? offer.addresses() : List.of());
    }

    private static Rule parse(String text) {
        if (text.equals(CALLER)) {
            return NodeUrls::isCaller;
        }
        if (UrlPrefix.isOne(text)) {
            UrlPrefix prefix = UrlPrefix.parse(text);
            return (NameRule) offer -> prefix.matches(offer.url());
        }
        if (AddressRange.isOne(text)) {
            AddressRange range = AddressRange.parse(text);
            return offer -> offer.all(range::contains);
        }
        HostPattern host = HostPattern.parse(text);
        return (NameRule) offer -> host.matches(hostOf(offer.url()));
    }

    /** A caller on this machine may name any of its loopback addresses. */
    private static boolean isCaller(Offer offer) {
        InetAddress caller = offer.caller();
        return offer.all(
                address -> address.equals(caller) || (address.isLoopbackAddress() && caller.isLoopbackAddress()));
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
