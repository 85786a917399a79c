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
record ApiCall(
        String method,
        String path,
        Map<String, String> headers,
        @Nullable CallBody body,
        Duration held,
        Set<Integer> expected,
        boolean patient) {

    static ApiCall of(String method, String path) {
        return new ApiCall(method, path, Map.of(), null, Duration.ZERO, Set.of(), true);
    }

    static ApiCall get(String path) {
        return of("GET", path);
    }

    ApiCall with(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new ApiCall(method, path, more, body, held, expected, patient);
    }

    ApiCall sending(CallBody content) {
        return new ApiCall(method, path, headers, content, held, expected, patient);
    }

    ApiCall held(Duration time) {
        return new ApiCall(method, path, headers, body, time, expected, patient);
    }

    ApiCall expecting(int status) {
        Set<Integer> more = new TreeSet<>(expected);
        more.add(status);
        return new ApiCall(method, path, headers, body, held, more, patient);
    }

    /** Makes a call that is not repeated where the orchestrator is busy. */
    ApiCall once() {
        return new ApiCall(method, path, headers, body, held, expected, false);
    }
}
