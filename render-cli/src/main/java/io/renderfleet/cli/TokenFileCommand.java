package io.renderfleet.cli;

import io.renderfleet.auth.TokenListFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command has that works on a file of tokens; no orchestrator is asked. */
abstract class TokenFileCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            defaultValue = "${env:RENDER_TOKENS_FILE}",
            description = "The file of tokens. Also by the variable RENDER_TOKENS_FILE.")
    private @Nullable Path file;

    @Option(names = "--json", description = "Print JSON, one object a line.")
    private boolean json;

    /** Does what the command is for. */
    abstract ExitCode run(TokenListFile tokens, Screen screen) throws IOException;

    @Override
    public Integer call() throws IOException {
        if (file == null) {
            throw OrchestratorCommand.usage("--file FILE is missing: it names the file of tokens");
        }
        Screen screen =
                new Screen(spec.commandLine().getOut(), spec.commandLine().getErr(), false, json);
        try {
            return run(new TokenListFile(file), screen).number();
        } catch (NoSuchFileException missing) {
            throw new StopException(
                    ExitCode.LOCAL, "--file is '" + file + "': it is not there; 'render tokens add' makes it");
        } catch (IllegalArgumentException wrong) {
            throw new StopException(ExitCode.LOCAL, TerminalText.line(wrong.getMessage()));
        }
    }
}
