package io.renderfleet.cli;

import io.renderfleet.transport.http.wire.JobList;
import io.renderfleet.transport.http.wire.OrchestratorJob;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code render jobs}: what there is. */
@Command(name = "jobs", description = "Lists jobs, the newest first.")
final class JobsCommand extends OrchestratorCommand {
    private static final int MOST = 100_000;
    private static final int PAGE = 100;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            split = ",",
            description = "Only those that are queued, paused, running, completed, failed or cancelled; repeatable.")
    private List<String> states = List.of();

    @Option(names = "--name", paramLabel = "TEXT", description = "Only those whose name contains this.")
    private @Nullable String name;

    @Option(
            names = "--owner",
            paramLabel = "NAME",
            description = "Only those that were submitted with the token of that name.")
    private @Nullable String owner;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "How many at most; default 20.")
    private int limit;

    @Override
    ExitCode run(Orchestrator farm, Screen screen) {
        if (limit < 1 || limit > MOST) {
            throw usage("--limit is " + limit + ": it must be from 1 to " + MOST);
        }
        List<OrchestratorJob> jobs = list(farm);
        if (screen.json()) {
            screen.json(new JobList(jobs, null));
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("JOB", "STATE", "DONE", "FRAMES", "PRIORITY", "SUBMITTED", "OWNER", "NAME"));
        jobs.forEach(job -> rows.add(row(job)));
        screen.table(rows);
        return ExitCode.DONE;
    }

    private List<OrchestratorJob> list(Orchestrator farm) {
        List<OrchestratorJob> jobs = new ArrayList<>();
        String cursor = null;
        do {
            JobList page = farm.read(ApiCall.get(path(Math.min(PAGE, limit - jobs.size()), cursor)), JobList.class);
            List<OrchestratorJob> more = page.jobs() == null ? List.of() : page.jobs();
            jobs.addAll(more);
            cursor = more.isEmpty() ? null : page.next();
        } while (cursor != null && jobs.size() < limit);
        return jobs;
    }

    private String path(int count, @Nullable String cursor) {
        StringBuilder path = new StringBuilder("/jobs?limit=").append(count);
        if (!states.isEmpty()) {
            path.append("&state=").append(encoded(String.join(",", states)));
        }
        if (name != null) {
            path.append("&name=").append(encoded(name));
        }
        if (owner != null) {
            path.append("&owner=").append(encoded(owner));
        }
        if (cursor != null) {
            path.append("&cursor=").append(encoded(cursor));
        }
        return path.toString();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static List<String> row(OrchestratorJob job) {
        return List.of(
                TerminalText.line(job.id()),
                TerminalText.line(job.state()),
                Long.toString(ProgressView.count(job.accepted()) + ProgressView.count(job.unverified())),
                Long.toString(ProgressView.count(job.frames())),
                TerminalText.line(job.priority()),
                TerminalText.line(job.submittedAt()),
                TerminalText.line(job.owner()),
                TerminalText.line(job.name()));
    }
}
