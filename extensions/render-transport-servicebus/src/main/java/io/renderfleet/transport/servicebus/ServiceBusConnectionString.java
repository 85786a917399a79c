package io.renderfleet.transport.servicebus;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;

/** A connection string, as the Azure portal shows it. Microsoft's client reads it; this only looks where it leads. */
final class ServiceBusConnectionString {
    private static final String EXAMPLE =
            "it must be like Endpoint=sb://NAMESPACE.servicebus.windows.net/;SharedAccessKeyName=…;SharedAccessKey=…";

    private ServiceBusConnectionString() {}

    /**
     * Checks that it leads to an address.
     *
     * @throws IllegalArgumentException if not, without what it holds
     */
    static void check(ServiceBusAddress address, String connectionString) {
        URI endpoint;
        try {
            endpoint = URI.create(part(connectionString, "endpoint"));
        } catch (IllegalArgumentException e) {
            // What could not be read may be a key.
            throw new IllegalArgumentException("the connection string has no endpoint: " + EXAMPLE);
        }
        if (endpoint.getHost() == null) {
            throw new IllegalArgumentException("the connection string has no endpoint: " + EXAMPLE);
        }
        if (!endpoint.getHost().equalsIgnoreCase(address.host()) || endpoint.getPort() != address.port()) {
            throw new IllegalArgumentException(
                    "the connection string leads to " + endpoint.getAuthority() + ", and the address to " + address);
        }
        if (!part(connectionString, "entitypath").isEmpty()) {
            throw new IllegalArgumentException(
                    "the connection string is for one queue: it must be one of the whole namespace");
        }
    }

    private static String part(String connectionString, String name) {
        return Arrays.stream(connectionString.split(";", -1))
                .map(String::strip)
                .filter(part -> part.toLowerCase(Locale.ROOT).startsWith(name + "="))
                .findFirst()
                .map(part -> part.substring(name.length() + 1).strip())
                .orElse("");
    }
}
