package io.renderfleet.discovery;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What an operator has set for one {@link DiscoveryKind}. May hold secrets, and shows none. Immutable. */
public final class KindSettings {
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?");
    private static final String LABEL = "label.";

    private final String kind;
    private final Map<String, String> values;

    private KindSettings(String kind, Map<String, String> values) {
        this.kind = kind;
        this.values = Map.copyOf(values);
    }

    /**
     * Makes settings.
     *
     * @param kind whose they are, for messages
     * @param values by name, without the kind
     * @return the settings
     */
    public static KindSettings of(String kind, Map<String, String> values) {
        return new KindSettings(kind, values);
    }

    /**
     * Refuses what the kind does not know, such as a name that is misspelt. {@code label.NAME} counts as known by the name {@code label.}.
     *
     * @param names that the kind knows
     * @throws IllegalArgumentException naming the one that is not among them, and those that are
     */
    public void requireOnly(Set<String> names) {
        for (String name : new TreeSet<>(values.keySet())) {
            if (!names.contains(name) && !(name.startsWith(LABEL) && names.contains(LABEL))) {
                throw new IllegalArgumentException("there is no setting " + full(name) + ": "
                        + (names.isEmpty() ? "there are none for " + kind + ":" : "there are " + shown(names)));
            }
        }
    }

    private static String shown(Set<String> names) {
        Set<String> sorted = new TreeSet<>();
        names.forEach(name -> sorted.add(name.equals(LABEL) ? "label.NAME" : name));
        return sorted.toString();
    }

    /**
     * Returns a setting.
     *
     * @param name of it
     * @return its value, or empty where it is not set
     */
    public Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * Says whether something is switched on.
     *
     * @param name of the setting
     * @return whether it is {@code true}; false where it is not set
     * @throws IllegalArgumentException if it is neither {@code true} nor {@code false}
     */
    public boolean isOn(String name) {
        String value = values.getOrDefault(name, "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(full(name) + " is '" + value + "': it must be true or false");
        }
        return value.equals("true");
    }

    /**
     * Says whether two settings are there that make sense together only.
     *
     * @param one of them
     * @param other the other
     * @return whether both are set
     * @throws IllegalArgumentException if only one is
     */
    public boolean isPair(String one, String other) {
        if (values.containsKey(one) != values.containsKey(other)) {
            throw new IllegalArgumentException(full(one) + " and " + full(other) + " need each other");
        }
        return values.containsKey(one);
    }

    /**
     * Returns the labels that nodes must have.
     *
     * @return by name, sorted
     */
    public Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(LABEL)) {
                labels.put(name.substring(LABEL.length()), value);
            }
        });
        return labels;
    }

    /**
     * Refuses a secret that would go over plain {@code http} to another machine, unless the setting {@code insecure} allows it.
     *
     * @param secret its name; nothing happens where it is not set
     * @param server where it would go
     * @throws IllegalArgumentException naming the setting and the host, and the ways out
     */
    public void requireSafe(String secret, URI server) {
        boolean plain = "http".equalsIgnoreCase(server.getScheme())
                && !LOOPBACK.matcher(String.valueOf(server.getHost()).toLowerCase(Locale.ROOT))
                        .matches();
        if (values.containsKey(secret) && plain && !isOn("insecure")) {
            throw new IllegalArgumentException(full(secret) + " would go to " + server.getHost()
                    + " over plain http, where others could read it: use https, or set " + full("insecure")
                    + " = true where the network is private");
        }
    }

    private String full(String name) {
        return kind + "." + name;
    }

    /** Returns the names that are set, without their values. */
    @Override
    public String toString() {
        return kind + " " + new TreeSet<>(values.keySet());
    }
}
