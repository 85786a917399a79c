package io.renderfleet.cli;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Objects;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/** Sends scenes to an orchestrator, watches jobs, and fetches frames and films. */
@Command(
        name = "render",
        description = "Sends scenes to an orchestrator, watches jobs, and fetches frames and films.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = RenderMain.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SubmitCommand.class,
            StatusCommand.class,
            WatchCommand.class,
            ExplainCommand.class,
            FramesCommand.class,
            LogsCommand.class,
            CancelCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            RetryCommand.class,
            PriorityCommand.class,
            JobsCommand.class,
            NodesCommand.class,
            PoolsCommand.class,
            TokensCommand.class,
            GenerateCompletion.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done: what was asked for, or the job, is complete",
            "1:the job has failed",
            "2:the command line is wrong",
            "3:no orchestrator answers, or it is out of order",
            "4:not found: no such job, batch, frame, node or token",
            "5:refused: the token, or what was asked for",
            "6:the job has not ended yet (status)",
            "7:the job was cancelled",
            "8:something on this machine: a file, a damaged download, ffmpeg"
        })
public final class RenderMain {
    private static final String LOGGING_VERBOSITY = "slf4j.internal.verbosity";

    private final boolean terminal;

    private RenderMain(boolean terminal) {
        this.terminal = terminal;
    }

    /**
     * Runs the program and ends the JVM with its exit code, which {@code --help} explains.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        keepQuietAboutLogging();
        System.exit(commandLine(hasTerminal()).execute(args));
    }

    /** The program has no log, and says what matters by itself: SLF4J need not warn that nobody takes what libraries log. */
    private static void keepQuietAboutLogging() {
        if (System.getProperty(LOGGING_VERBOSITY) == null) {
            System.setProperty(LOGGING_VERBOSITY, "ERROR");
        }
    }

    boolean isTerminal() {
        return terminal;
    }

    static CommandLine commandLine(boolean terminal) {
        CommandLine line = new CommandLine(new RenderMain(terminal));
        line.setParameterExceptionHandler((wrong, args) -> tell(wrong.getCommandLine(), wrong, ExitCode.USAGE));
        line.setExecutionExceptionHandler((failure, of, parsed) -> {
            if (failure instanceof StopException stop) {
                return tell(of, stop, stop.code());
            }
            return tell(of, failure, ExitCode.LOCAL);
        });
        return line;
    }

    private static int tell(CommandLine of, Exception what, ExitCode code) {
        String message = what.getMessage();
        String told = message == null || what instanceof IOException || what instanceof java.io.UncheckedIOException
                ? what.getClass().getSimpleName().replaceFirst("Exception$", "") + ": " + message
                : message;
        of.getErr().println("render: " + TerminalText.line(told));
        of.getErr().flush();
        return code.number();
    }

    /** Newer JDKs have a console also where there is no terminal, and say so. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasTerminal() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException older) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException unknown) {
            return false;
        }
    }

    /** Reads the version from the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = RenderMain.class.getPackage().getImplementationVersion();
            return new String[] {"render " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
