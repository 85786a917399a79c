package io.renderfleet.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A call to an orchestrator.
 *
 * @param method such as {@code GET}
 * @param path from the root, with its query, encoded
 * @param headers beside the token
 * @param body what is sent, or null
 * @param held for how long the orchestrator was asked to hold the answer
 * @param expected statuses beside 2xx that are answers and no errors
 * @param patient whether a busy or lost orchestrator is asked again for a while
 */
record Ask(
        String method,
        String path,
        Map<String, String> headers,
        @Nullable Outgoing body,
        Duration held,
        Set<Integer> expected,
        boolean patient) {

    static Ask of(String method, String path) {
        return new Ask(method, path, Map.of(), null, Duration.ZERO, Set.of(), true);
    }

    static Ask get(String path) {
        return of("GET", path);
    }

    Ask with(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new Ask(method, path, more, body, held, expected, patient);
    }

    Ask sending(Outgoing content) {
        return new Ask(method, path, headers, content, held, expected, patient);
    }

    Ask held(Duration time) {
        return new Ask(method, path, headers, body, time, expected, patient);
    }

    Ask expecting(int status) {
        Set<Integer> more = new TreeSet<>(expected);
        more.add(status);
        return new Ask(method, path, headers, body, held, more, patient);
    }

    /** Asks once, and takes a busy answer for an answer. */
    Ask once() {
        return new Ask(method, path, headers, body, held, expected, false);
    }
}
