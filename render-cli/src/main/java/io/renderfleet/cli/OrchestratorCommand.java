package io.renderfleet.cli;

import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command has that talks to an orchestrator. */
abstract class OrchestratorCommand implements Callable<Integer> {
    private static final int MAX_TOKEN_FILE = 16 << 10;
    private static final List<String> TLS = List.of("--tls-ca", "--tls-cert", "--tls-key", "--insecure-http");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--orchestrator",
            paramLabel = "URL",
            split = ",",
            defaultValue = "${env:RENDER_ORCHESTRATOR:-http://localhost:4000}",
            description = "Where the orchestrator is; several, with commas or repeated, are tried in turn. Also by the"
                    + " variable RENDER_ORCHESTRATOR; default http://localhost:4000.")
    private List<String> urls = List.of();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            defaultValue = "${env:RENDER_TOKEN_FILE}",
            description = "A file with the token. Also by the variable RENDER_TOKEN_FILE.")
    private @Nullable Path tokenFile;

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for an orchestrator that answered before and is gone or busy; default 60.")
    private int patience;

    @Option(names = "--json", description = "Print JSON, one object a line.")
    private boolean json;

    /** Does what the command is for. */
    abstract ExitCode run(Orchestrator farm, Screen screen) throws IOException;

    @Override
    public Integer call() throws IOException {
        boolean asJson = json || above().filter(outer -> outer.json).isPresent();
        Screen screen =
                new Screen(spec.commandLine().getOut(), spec.commandLine().getErr(), isTerminal() && !asJson, asJson);
        int seconds = given("--patience").patience;
        if (seconds < 0) {
            throw usage("--patience is " + seconds + ": it must be 0 or more seconds");
        }
        Orchestrator farm = new Orchestrator(
                new Servers(given("--orchestrator").urls),
                access(),
                Duration.ofSeconds(seconds),
                Clock.systemUTC(),
                Pause.real());
        return run(farm, screen).number();
    }

    private Access access() throws IOException {
        boolean here = TLS.stream().anyMatch(spec.commandLine().getParseResult()::hasMatchedOption);
        TlsOptions options = here ? tls : above().orElse(this).tls;
        return options.with(token(given("--token-file").tokenFile));
    }

    /** Where an option was given: before the name of a command within a command it holds as well as after it. */
    private OrchestratorCommand given(String option) {
        boolean here = spec.commandLine().getParseResult().hasMatchedOption(option);
        return here ? this : above().orElse(this);
    }

    private Optional<OrchestratorCommand> above() {
        return Optional.ofNullable(spec.parent())
                .map(CommandSpec::userObject)
                .filter(OrchestratorCommand.class::isInstance)
                .map(OrchestratorCommand.class::cast);
    }

    private boolean isTerminal() {
        return spec.root().userObject() instanceof RenderMain root && root.isTerminal();
    }

    private static @Nullable String token(@Nullable Path file) throws IOException {
        if (file == null) {
            return null;
        }
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_TOKEN_FILE) {
            throw usage("--token-file is '" + file + "': it must be a small file that holds a token");
        }
        String token = Files.readString(file).strip();
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw usage("--token-file is '" + file + "': its token must be visible ASCII characters in one line");
        }
        return token;
    }

    /** The id of a job as part of a path: it has no character that a URL would read otherwise. */
    static String checkedJob(String id) {
        try {
            return new JobId(id).value();
        } catch (IllegalArgumentException wrong) {
            throw usage("JOB is '" + TerminalText.line(id) + "': " + TerminalText.line(wrong.getMessage()));
        }
    }

    /** The id of a node as part of a path. */
    static String checkedNode(String id) {
        try {
            return new NodeId(id).value();
        } catch (IllegalArgumentException wrong) {
            throw usage("NODE is '" + TerminalText.line(id) + "': " + TerminalText.line(wrong.getMessage()));
        }
    }

    static StopException usage(String message) {
        return new StopException(ExitCode.USAGE, message);
    }
}
