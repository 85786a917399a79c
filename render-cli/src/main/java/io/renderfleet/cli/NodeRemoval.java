package io.renderfleet.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code render nodes remove}: takes a node off the list. */
@Command(
        name = "remove",
        description =
                "Takes a node off the list; what it has is still followed. A node that registers itself comes back.")
final class NodeRemoval extends OrchestratorCommand {
    private static final int SMALL = 64 << 10;

    @Parameters(paramLabel = "NODE", description = "The node's id.")
    private String node = "";

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        String id = checkedNode(node);
        farm.bytes(farm.send(ApiCall.of("DELETE", "/nodes/" + id)), SMALL);
        if (screen.json()) {
            screen.json(Map.of("id", id, "removed", true));
        } else {
            screen.print(id + " is removed");
        }
        return ExitCode.DONE;
    }
}
