package io.renderfleet.http.server.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs a server's command: reads flags and environment, and says in one line on standard error what is wrong with them.
 *
 * <p>The exit code is 2 where the configuration is wrong ({@link ParameterException}, {@link IllegalArgumentException}), 1 where the
 * program failed for another reason, else what the command returns.
 */
public final class Program {
    private final CommandLine commandLine;
    private final Environment environment;

    /**
     * Prepares a program.
     *
     * @param command annotated for picocli
     * @param prefix of its environment variables, such as {@code RENDER_NODE_}
     * @param variables the environment, such as {@link System#getenv()}
     * @param others names without the prefix of variables that are no flags, such as {@code TOKEN}; all others are refused
     */
    public Program(Callable<Integer> command, String prefix, Map<String, String> variables, Set<String> others) {
        this.commandLine = new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, args) -> tell(wrong.getCommandLine(), wrong))
                .setExecutionExceptionHandler((failure, of, parsed) -> {
                    int code = tell(of, failure);
                    return failure instanceof IllegalArgumentException ? code : ExitCode.SOFTWARE;
                });
        commandLine.addMixin("log", new LogOptions());
        this.environment = new Environment(prefix, variables, Set.copyOf(others));
        String footer = "Every flag can also be set by an environment variable: --port as " + prefix + "PORT.";
        commandLine.getCommandSpec().usageMessage().footer("", footer);
    }

    /**
     * Prints messages about mistakes somewhere else than on standard error.
     *
     * @param writer takes the line
     * @return this program
     */
    public Program errors(PrintWriter writer) {
        commandLine.setErr(writer);
        return this;
    }

    /**
     * Runs the command.
     *
     * @param args the command line
     * @return the exit code
     */
    public int run(String... args) {
        String[] completed;
        try {
            completed = environment.complete(commandLine, args);
        } catch (ParameterException wrong) {
            return tell(wrong.getCommandLine(), wrong);
        }
        return commandLine.execute(completed);
    }

    private static int tell(CommandLine of, Exception what) {
        String advice = what instanceof UnmatchedArgumentException ? "; --help lists all flags" : "";
        of.getErr()
                .println(of.getCommandName() + ": " + Reason.of(what).strip().replaceAll("\\s*\\R\\s*", " ") + advice);
        of.getErr().flush();
        return ExitCode.USAGE;
    }
}
