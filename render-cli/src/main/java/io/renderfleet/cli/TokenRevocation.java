package io.renderfleet.cli;

import io.renderfleet.auth.TokenList;
import io.renderfleet.auth.TokenListFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code render tokens revoke}: a token lets nobody in any more. */
@Command(
        name = "revoke",
        description =
                "Takes a token out of the file: within a second it lets nobody in any more, and browsers' sessions that"
                        + " began with it end.")
final class TokenRevocation extends TokenFileCommand {
    @Parameters(paramLabel = "ID", description = "The id of the token, as list and the audit log have it.")
    private String id = "";

    @Override
    ExitCode run(TokenListFile tokens, Screen screen) throws IOException {
        if (!Files.exists(tokens.path())) {
            throw new NoSuchFileException(tokens.path().toString());
        }
        tokens.update(this::without);
        screen.note(TerminalText.line(id) + " is revoked");
        return ExitCode.DONE;
    }

    private TokenList without(TokenList list) {
        if (list.find(id).isEmpty()) {
            throw new StopException(
                    ExitCode.NOT_FOUND, "ID is '" + TerminalText.line(id) + "': the file has no such token");
        }
        return list.without(id);
    }
}
