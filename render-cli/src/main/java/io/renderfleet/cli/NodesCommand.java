package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.NodeList;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code render nodes}: who renders. */
@Command(
        name = "nodes",
        description = "Lists the nodes that the orchestrator knows; with a command, changes one of them.",
        subcommands = {NodeChange.Drain.class, NodeChange.Resume.class, NodeRemoval.class})
final class NodesCommand extends OrchestratorCommand {
    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        NodeList nodes = farm.read(ApiCall.get("/nodes"), NodeList.class);
        if (screen.json()) {
            screen.json(nodes);
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        rows.add(List.of("ID", "STATE", "BUSY", "SLOTS", "FRAMES/S", "FAILURES", "LAST SEEN", "URL"));
        for (NodeList.Entry node : nodes.nodes() == null ? List.<NodeList.Entry>of() : nodes.nodes()) {
            rows.add(List.of(
                    TerminalText.line(node.id()),
                    TerminalText.line(node.state()),
                    TerminalText.line(node.busy()),
                    TerminalText.line(node.slots()),
                    TerminalText.line(node.framesPerSecond()),
                    TerminalText.line(node.failures()),
                    TerminalText.line(node.lastSeenAt()),
                    TerminalText.line(node.url())));
            if (node.trouble() != null) {
                troubles.add(TerminalText.line(node.url()) + ": " + TerminalText.line(node.trouble()));
            }
        }
        for (NodeList.Discovery place :
                nodes.discoveries() == null ? List.<NodeList.Discovery>of() : nodes.discoveries()) {
            if (place.trouble() != null) {
                troubles.add(TerminalText.line(place.source()) + ": " + TerminalText.line(place.trouble()) + "; its "
                        + TerminalText.line(place.nodes()) + " nodes stay");
            }
        }
        screen.table(rows);
        troubles.forEach(screen::print);
        return ExitCode.DONE;
    }
}
