package io.renderfleet.orchestrator;

import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Body;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.http.server.Router;
import io.renderfleet.transport.http.wire.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * What is served as it stands: the page for people at {@code /}, with its scripts and its style, and the description of the API. Open to
 * all, since it says nothing about the farm: the page asks the API like any other client.
 */
final class StaticPages {
    /** Only what this server sends is run or shown: not a line of script or style in the page itself, nor anything from elsewhere. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=utf-8",
            "css", "text/css;charset=utf-8",
            "js", "text/javascript;charset=utf-8",
            "svg", "image/svg+xml",
            "yaml", "application/yaml");
    private static final String[] PARTS = {"dashboard.css", "main.js", "api.js", "frames.js", "view.js", "icon.svg"};

    private final Answer page = read("dashboard/index.html").with("Content-Security-Policy", POLICY);
    private final Answer description = read("openapi.yaml");
    private final Map<String, Answer> parts = new TreeMap<>();

    StaticPages() {
        for (String part : PARTS) {
            parts.put(part, read("dashboard/" + part));
        }
    }

    void addTo(Router.Builder router) {
        router.open("GET", "/", call -> page.now())
                .open(
                        "GET",
                        "/dashboard/{part}",
                        call -> part(call.path("part")).now())
                .open("GET", "/openapi.yaml", call -> description.now());
    }

    private Answer part(String name) {
        @Nullable Answer part = parts.get(name);
        if (part == null) {
            throw new RefusedException(ProblemType.NOT_FOUND, "The page has no such part.");
        }
        return part;
    }

    private static Answer read(String name) {
        try (InputStream in = StaticPages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            return new Answer(
                    200, HttpFields.EMPTY, new Body.Bytes(String.valueOf(type), ByteBuffer.wrap(in.readAllBytes())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
