package io.renderfleet.discovery;

import io.renderfleet.core.spi.NodeDiscovery;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where to look for nodes, as an operator has said it on a command line: {@code etcd:http://etcd-1:2379}. Immutable.
 */
public final class DiscoveryPlace {
    private static final int LARGEST_FILE = 256 << 10;

    private final DiscoveryKind kind;
    private final String place;
    private final KindSettings settings;

    private DiscoveryPlace(DiscoveryKind kind, String place, KindSettings settings) {
        this.kind = kind;
        this.place = place;
        this.settings = settings;
    }

    /**
     * Reads an address.
     *
     * @param flag which has it, such as {@code --discovery}, for messages
     * @param address a kind, a colon, and where
     * @param config a file of Java properties, of 256 KiB at most, or null; those that begin with the kind and a dot are its settings
     * @return the place
     * @throws IllegalArgumentException if no module here knows such a kind, or the file cannot be read or has settings of a kind that no
     *     module knows, in one sentence
     */
    public static DiscoveryPlace of(String flag, String address, @Nullable Path config) {
        Map<String, DiscoveryKind> kinds = new TreeMap<>();
        ServiceLoader.load(DiscoveryKind.class).forEach(kind -> kinds.put(kind.name(), kind));
        int colon = address.indexOf(':');
        DiscoveryKind kind = kinds.get(colon < 0 ? address : address.substring(0, colon));
        if (kind == null || colon < 0) {
            throw new IllegalArgumentException(flag + " is '" + withoutUser(address) + "': it must be like "
                    + kinds.values().stream().map(DiscoveryKind::example).collect(Collectors.joining(" or ")));
        }
        return new DiscoveryPlace(
                kind, address.substring(colon + 1), settings(flag + "-config", kind, kinds.keySet(), config));
    }

    private static KindSettings settings(String flag, DiscoveryKind kind, Set<String> kinds, @Nullable Path config) {
        Map<String, String> mine = new TreeMap<>();
        Map<String, String> all = config == null ? Map.of() : read(flag, config);
        all.forEach((name, value) -> {
            int dot = name.indexOf('.');
            if (dot < 0 || !kinds.contains(name.substring(0, dot))) {
                throw new IllegalArgumentException(
                        flag + " has the setting '" + name + "': it must begin with one of " + kinds + " and a dot");
            }
            if (kind.name().equals(name.substring(0, dot))) {
                mine.put(name.substring(dot + 1), value);
            }
        });
        return KindSettings.of(kind.name(), mine);
    }

    private static String withoutUser(String address) {
        return address.replaceAll("//[^/]*@", "//…@");
    }

    private static Map<String, String> read(String flag, Path file) {
        Properties properties = new Properties();
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new IOException("it is larger than " + LARGEST_FILE + " bytes");
            }
            properties.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IllegalArgumentException(flag + " is '" + file + "': it cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(flag + " is '" + file + "': it is no file of Java properties", e);
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> properties.getProperty(name, "")));
    }

    /**
     * Makes a discovery, without connecting.
     *
     * @return one that has not begun
     * @throws IllegalArgumentException if the place or its settings make no sense, in one sentence
     */
    public NodeDiscovery discovery() {
        return kind.discovery(place, settings);
    }

    /**
     * Makes what announces nodes there, without connecting.
     *
     * @return an announcer
     * @throws IllegalArgumentException if the place or its settings make no sense, or nothing can be announced there, in one sentence
     */
    public Announcer announcer() {
        return kind.announcer(place, settings);
    }
}
