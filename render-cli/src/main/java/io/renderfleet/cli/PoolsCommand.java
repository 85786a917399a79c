package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.PoolList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;

/** {@code render pools}: workers behind queues, and what waits for them. */
@Command(name = "pools", description = "Lists the pools of workers behind queues, and who works in them.")
final class PoolsCommand extends OrchestratorCommand {
    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        PoolList pools = farm.read(ApiCall.get("/pools"), PoolList.class);
        if (screen.json()) {
            screen.json(pools);
            return ExitCode.DONE;
        }
        List<PoolList.Entry> all = Objects.requireNonNullElse(pools.pools(), List.of());
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> workers = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        rows.add(List.of("POOL", "STATE", "WAITING", "OLDEST S", "OUT", "CAPACITY", "BUSY", "SLOTS", "URL"));
        workers.add(List.of("POOL", "WORKER", "STATE", "BUSY", "SLOTS", "LAST SEEN", "VERSION"));
        for (PoolList.Entry pool : all) {
            rows.add(List.of(
                    TerminalText.line(pool.name()),
                    TerminalText.line(pool.state()),
                    TerminalText.line(pool.waiting()),
                    TerminalText.line(pool.oldestWaitingSeconds()),
                    TerminalText.line(pool.held()),
                    TerminalText.line(pool.capacity()),
                    TerminalText.line(pool.busy()),
                    TerminalText.line(pool.slots()),
                    TerminalText.line(pool.url())));
            for (PoolList.Worker worker : Objects.requireNonNullElse(pool.workers(), List.<PoolList.Worker>of())) {
                workers.add(List.of(
                        TerminalText.line(pool.name()),
                        TerminalText.line(worker.id()),
                        TerminalText.line(worker.state()),
                        TerminalText.line(worker.busy()),
                        TerminalText.line(worker.slots()),
                        TerminalText.line(worker.lastSeenAt()),
                        TerminalText.line(worker.version())));
            }
            if (pool.trouble() != null) {
                troubles.add(TerminalText.line(pool.url()) + ": " + TerminalText.line(pool.trouble()));
            }
        }
        screen.table(rows);
        if (workers.size() > 1) {
            screen.print("");
            screen.table(workers);
        }
        troubles.forEach(screen::print);
        return ExitCode.DONE;
    }
}
