package io.renderfleet.node.server;

import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Starts a node that renders frames, as told by the command line. */
@Command(
        name = "render-node",
        description = "Starts a node that renders frames.",
        mixinStandardHelpOptions = true,
        versionProvider = NodeMain.Version.class)
public final class NodeMain implements Runnable {
    @Spec
    private CommandSpec spec;

    private NodeMain() {}

    /**
     * Runs the program and ends the JVM with its exit code: 0 after an orderly end, 2 for a wrong command line.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new NodeMain()).execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "only --help and --version are understood");
    }

    /** Tells the version that the jar's manifest names. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = NodeMain.class.getPackage().getImplementationVersion();
            return new String[] {"render-node " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
