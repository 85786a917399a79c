package io.renderfleet.cli;

import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.OrchestratorJob;
import io.renderfleet.transport.http.wire.WireJobState;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows a job until it has ended: by long polls that come back as soon as something has changed. */
final class JobFollower {
    private static final Duration HOLD = Duration.ofSeconds(20);
    private static final Duration SHORT_HOLD = Duration.ofSeconds(5);

    private final Orchestrator farm;

    JobFollower(Orchestrator farm) {
        this.farm = farm;
    }

    /** Everything about a job as it is now. */
    static OrchestratorJob look(Orchestrator farm, String job) {
        return farm.read(ApiCall.get("/jobs/" + job), OrchestratorJob.class);
    }

    /**
     * Waits.
     *
     * @param job its id
     * @param seen gets the job whenever it has changed
     * @return the job as it has ended
     */
    OrchestratorJob follow(String job, Consumer<OrchestratorJob> seen) {
        HttpResponse<InputStream> response = farm.send(ask(job));
        while (true) {
            @Nullable String tag = response.headers().firstValue(Headers.ETAG).orElse(null);
            if (response.statusCode() != 304) {
                OrchestratorJob now = farm.body(response, OrchestratorJob.class);
                seen.accept(now);
                if (hasEnded(now)) {
                    return now;
                }
            } else {
                farm.bytes(response, 0);
            }
            response = farm.send(next(job, tag));
            if (response.headers().firstValue(Headers.PREFERENCE_APPLIED).isEmpty() && response.statusCode() != 200) {
                farm.sleep(farm.retryAfter(response));
            }
        }
    }

    private static ApiCall ask(String job) {
        return ApiCall.get("/status/" + job).with(Headers.ACCEPT, Headers.JSON);
    }

    /** Without a tag the answer is held until the end: then it is better to look now and then. */
    private static ApiCall next(String job, @Nullable String tag) {
        Duration hold = tag == null ? SHORT_HOLD : HOLD;
        ApiCall ask = ask(job).with(Headers.PREFER, "wait=" + hold.toSeconds()).held(hold);
        return tag == null ? ask : ask.with(Headers.IF_NONE_MATCH, tag).expecting(304);
    }

    static boolean hasEnded(OrchestratorJob job) {
        return WireJobState.fromWire(job.state()).map(WireJobState::ended).orElse(false);
    }

    /** With which code a job that stands like this ends the program. */
    static ExitCode codeOf(OrchestratorJob job) {
        return WireJobState.fromWire(job.state())
                .map(state -> switch (state) {
                    case COMPLETED -> ExitCode.DONE;
                    case FAILED -> ExitCode.JOB_FAILED;
                    case CANCELLED -> ExitCode.CANCELLED;
                    case QUEUED, PAUSED, RUNNING -> ExitCode.NOT_ENDED;
                })
                .orElse(ExitCode.NOT_ENDED);
    }
}
