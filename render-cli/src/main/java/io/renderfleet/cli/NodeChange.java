package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.NodeList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A command that changes a node and prints the state of the node afterwards. */
abstract class NodeChange extends OrchestratorCommand {
    @Parameters(paramLabel = "NODE", description = "The node's id.")
    private String node = "";

    private final String verb;

    private NodeChange(String verb) {
        this.verb = verb;
    }

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        NodeList.Entry now =
                farm.read(ApiCall.of("POST", "/nodes/" + checkedNode(node) + "/" + verb), NodeList.Entry.class);
        if (screen.json()) {
            screen.json(now);
        } else {
            screen.print(TerminalText.line(now.id()) + " is " + TerminalText.line(now.state()) + ", "
                    + TerminalText.line(now.busy()) + " of " + TerminalText.line(now.slots()) + " slots busy");
        }
        return ExitCode.DONE;
    }

    /** {@code render nodes drain}: has a node finish what it has. */
    @Command(name = "drain", description = "Has a node finish what it has and take no more.")
    static final class Drain extends NodeChange {
        Drain() {
            super("drain");
        }
    }

    /** {@code render nodes resume}: takes that back, and ends a quarantine. */
    @Command(name = "resume", description = "Lets a node take work again that was drained or is quarantined.")
    static final class Resume extends NodeChange {
        Resume() {
            super("resume");
        }
    }
}
