package io.renderfleet.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code render tokens}: who is let in by an orchestrator that was started with {@code --tokens-file}. */
@Command(
        name = "tokens",
        description =
                "Manages the file of tokens that an orchestrator reads (--tokens-file). The file holds hashes only; a"
                        + " running orchestrator notices changes within a second.",
        subcommands = {TokenAddition.class, TokenListing.class, TokenRevocation.class})
final class TokensCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "render tokens needs a command: add, list or revoke");
    }
}
