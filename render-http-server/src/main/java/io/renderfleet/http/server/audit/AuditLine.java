package io.renderfleet.http.server.audit;

import io.renderfleet.http.server.AuditedCall;
import io.renderfleet.http.server.Caller;
import io.renderfleet.transport.http.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes a call as a JSON object in one line. */
final class AuditLine {
    private static final int LONGEST = 200;

    private AuditLine() {}

    static String of(Instant at, AuditedCall call) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        Caller caller = call.caller();
        line.put("at", at.toString());
        line.put("owner", caller.owner());
        line.put(
                "token",
                caller.credential() == null ? null : caller.credential().id());
        line.put("method", cut(call.method()));
        line.put("path", call.template());
        Map<String, String> about = new TreeMap<>();
        call.about().forEach((what, id) -> about.put(what, cut(id)));
        line.put("about", about);
        line.put("from", call.client());
        line.put("status", call.status());
        line.put("trace", call.trace());
        return new String(Wire.write(line), StandardCharsets.UTF_8);
    }

    /** What a client makes up must not fill the file. */
    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
