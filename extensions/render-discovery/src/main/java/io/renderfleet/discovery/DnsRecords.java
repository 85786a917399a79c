package io.renderfleet.discovery;

import io.renderfleet.core.spi.Target;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/** Asks for records, by the DNS client that every JDK has (module {@code jdk.naming.dns}). Thread-safe. */
final class DnsRecords {
    private static final Pattern NAME = Pattern.compile(
            "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\\.?");
    private static final Pattern SERVICE = Pattern.compile("(\\d{1,5}) (\\d{1,5}) (\\d{1,5}) (\\S+)");
    private static final int MAX_NAME = 255;
    private static final String FIRST_TIMEOUT_MILLIS = "1000";
    private static final String TRIES = "3";

    private final Map<String, String> environment = new HashMap<>();

    /**
     * @param server such as {@code 10.0.0.2:53}, or null for those of this machine's configuration
     */
    DnsRecords(@Nullable String server) {
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, server == null ? "dns:" : "dns://" + server);
        environment.put("com.sun.jndi.dns.timeout.initial", FIRST_TIMEOUT_MILLIS);
        environment.put("com.sun.jndi.dns.timeout.retries", TRIES);
    }

    /**
     * Checks a name (RFC 1035, section 2.3.1, with underscores as RFC 2782 has them).
     *
     * @throws IllegalArgumentException if it is none
     */
    static String checked(String name) {
        if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no DNS name: it must be like nodes.farm.example");
        }
        return name;
    }

    Set<Target> addresses(String scheme, String name, int port) throws IOException {
        Set<Target> targets = new LinkedHashSet<>();
        for (String address : ask(name, "A")) {
            targets.add(machine(scheme, address, port));
        }
        for (String address : ask(name, "AAAA")) {
            targets.add(machine(scheme, "[" + address + "]", port));
        }
        return limited(targets);
    }

    Set<Target> services(String scheme, String name) throws IOException {
        Set<Target> targets = new LinkedHashSet<>();
        for (String record : ask(name, "SRV")) {
            Matcher parts = SERVICE.matcher(record);
            if (!parts.matches()) {
                throw new IOException("it has a record '" + shown(record) + "', which is no SRV record");
            }
            String host = parts.group(4).replaceFirst("\\.$", "");
            int port = Integer.parseInt(parts.group(3));
            // A host of "." says that the service is not there (RFC 2782).
            if (!host.isEmpty()) {
                if (host.length() > MAX_NAME || !NAME.matcher(host).matches() || port < 1 || port > 65_535) {
                    throw new IOException("it has a record '" + shown(record) + "', whose host or port is none");
                }
                targets.add(machine(scheme, host.toLowerCase(Locale.ROOT), port));
            }
        }
        return limited(targets);
    }

    private static Target machine(String scheme, String host, int port) {
        return new Target.Machine(URI.create(scheme + "://" + host + ":" + port));
    }

    private static Set<Target> limited(Set<Target> targets) throws IOException {
        if (targets.size() > NodeLookup.MOST) {
            throw new IOException("it names " + targets.size() + " nodes: at most " + NodeLookup.MOST + " are allowed");
        }
        return targets;
    }

    /** One type at a time: asked for several, this client asks for all that there is, which servers refuse (RFC 8482). */
    @SuppressWarnings({"BanJNDI", "JdkObsolete"
    }) // Only DNS is looked up, whose records are texts; JNDI wants that map.
    private List<String> ask(String name, String type) throws IOException {
        try {
            InitialDirContext dns = new InitialDirContext(new Hashtable<>(environment));
            try {
                return values(dns.getAttributes(name, new String[] {type}), type);
            } finally {
                dns.close();
            }
        } catch (NameNotFoundException e) {
            throw new IOException("there is no such name", e);
        } catch (NamingException e) {
            throw new IOException("no answer (" + shown(String.valueOf(e.getMessage())) + ")", e);
        }
    }

    private static List<String> values(Attributes attributes, String type) throws NamingException {
        List<String> values = new ArrayList<>();
        @Nullable Attribute records = attributes.get(type);
        for (int i = 0; records != null && i < records.size(); i++) {
            values.add(String.valueOf(records.get(i)));
        }
        return values;
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 100 ? plain.substring(0, 100) + "…" : plain;
    }
}
