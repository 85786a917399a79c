package io.renderfleet.cli;

import io.renderfleet.auth.Owner;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenIssuer;
import io.renderfleet.auth.TokenListFile;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code render tokens add}: makes a token and prints it, this once. */
@Command(
        name = "add",
        description = "Makes a token and prints it. It cannot be printed again: the file keeps its hash only.")
final class TokenAddition extends TokenFileCommand {
    private static final Pattern LIFE = Pattern.compile("([0-9]{1,6})([hd])");
    private static final long MOST_HOURS = Duration.ofDays(3_650).toHours();

    @Option(
            names = "--owner",
            paramLabel = "NAME",
            description =
                    "Whose token it is: the owner of the jobs that come with it, or for a node its id. Needed for a"
                            + " submitter; 1 to 60 letters, digits and any of - _ . ~ @.")
    private @Nullable String owner;

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            required = true,
            description = "What its bearer may do: viewer, submitter, operator, node or admin.")
    private String role = "";

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            defaultValue = "90d",
            description = "For how long it is valid: hours such as 12h, days such as 90d, or never; default 90d.")
    private String expires = "90d";

    @Override
    ExitCode run(TokenListFile tokens, Screen screen) throws IOException {
        TokenIssuer issuer = new TokenIssuer(new SecureRandom(), InstantSource.system());
        TokenIssuer.Issued issued = issuer.issue(owner, checkedRole(), life());
        tokens.update(list -> list.with(issued.entry()));
        String id = issued.entry().id();
        if (screen.json()) {
            screen.json(Map.of("id", id, "token", issued.token()));
        } else {
            screen.note(id + ": "
                    + (issued.entry().expires() == null
                            ? "valid until it is revoked"
                            : "valid until " + issued.entry().expires())
                    + "; the token is not shown again");
            screen.print(issued.token());
        }
        return ExitCode.DONE;
    }

    private Role checkedRole() {
        Role checked = Role.of(role)
                .orElseThrow(() -> OrchestratorCommand.usage(
                        "--role is '" + TerminalText.line(role) + "': it must be one of " + Role.names()));
        try {
            Owner.check(owner, checked);
        } catch (IllegalArgumentException wrong) {
            throw OrchestratorCommand.usage("--owner: " + TerminalText.line(wrong.getMessage()));
        }
        return checked;
    }

    private @Nullable Duration life() {
        if (expires.equals("never")) {
            return null;
        }
        Matcher given = LIFE.matcher(expires);
        long hours = given.matches()
                ? Long.parseLong(Objects.requireNonNull(given.group(1))) * ("d".equals(given.group(2)) ? 24 : 1)
                : 0;
        if (hours < 1 || hours > MOST_HOURS) {
            throw OrchestratorCommand.usage("--expires is '" + TerminalText.line(expires)
                    + "': it must be like 12h or 90d, 3650d at most, or never");
        }
        return Duration.ofHours(hours);
    }
}
