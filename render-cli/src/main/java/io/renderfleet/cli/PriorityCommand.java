package io.renderfleet.cli;

import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.OrchestratorJob;
import io.renderfleet.transport.http.wire.PriorityBody;
import io.renderfleet.transport.http.wire.Reading;
import io.renderfleet.transport.http.wire.Wire;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code render priority}: makes a job more or less urgent. */
@Command(name = "priority", description = "Makes a job more or less urgent, also while it runs.")
final class PriorityCommand extends JobChange {
    @Parameters(
            index = "1",
            paramLabel = "N",
            description = "-1000 to 1000, higher goes first; after -- where it is negative.")
    private int priority;

    @Override
    ApiCall change(String path) {
        byte[] body = Wire.write(new PriorityBody(priority));
        if (Wire.readPriority(body) instanceof Reading.Bad<Integer> bad) {
            throw usage(TerminalText.line(bad.problem().detail()));
        }
        return ApiCall.of("PATCH", path)
                .with(Headers.CONTENT_TYPE, Headers.JSON)
                .sending(new CallBody.Text(new String(body, StandardCharsets.UTF_8)));
    }

    @Override
    String told(OrchestratorJob now) {
        return JobWaiter.standing(now) + ", priority " + now.priority();
    }
}
