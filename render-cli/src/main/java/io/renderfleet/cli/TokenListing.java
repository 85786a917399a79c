package io.renderfleet.cli;

import io.renderfleet.auth.TokenEntry;
import io.renderfleet.auth.TokenListFile;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code render tokens list}: which tokens there are, but not the tokens. */
@Command(
        name = "list",
        description = "Lists the tokens: whose they are, what for, and until when; never the tokens themselves.")
final class TokenListing extends TokenFileCommand {
    @Override
    ExitCode run(TokenListFile tokens, Screen screen) throws IOException {
        Instant now = Instant.now();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ID", "OWNER", "ROLE", "CREATED", "EXPIRES", "STATE"));
        for (TokenEntry entry : tokens.read().entries()) {
            String state = entry.hasExpired(now) ? "expired" : "valid";
            if (screen.json()) {
                screen.json(json(entry, state));
            } else {
                rows.add(List.of(
                        entry.id(),
                        entry.owner() == null ? "-" : entry.owner(),
                        entry.role().wireName(),
                        entry.created().toString(),
                        entry.expires() == null ? "never" : entry.expires().toString(),
                        state));
            }
        }
        if (!screen.json()) {
            screen.table(rows);
        }
        return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> json(TokenEntry entry, String state) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("id", entry.id());
        line.put("owner", entry.owner());
        line.put("role", entry.role().wireName());
        line.put("created", entry.created().toString());
        line.put("expires", entry.expires() == null ? null : entry.expires().toString());
        line.put("state", state);
        return line;
    }
}
