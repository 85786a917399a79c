package io.renderfleet.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.model.RenderJob;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * Something that others are told.
 *
 * @param id the same each time that it is told
 * @param at when it happened
 * @param body what is sent
 */
record Event(String id, Instant at, String body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A job that has ended; one that was retried ends again, and that is another event. */
    static Event of(RenderJob job) {
        Instant at = Objects.requireNonNull(job.endedAt());
        ObjectNode data = JSON.createObjectNode();
        data.put("job", job.id().value());
        data.put("state", job.state().wireName());
        job.request().name().ifPresent(name -> data.put("name", name));
        job.request().owner().ifPresent(owner -> data.put("owner", owner));
        data.put("frames", job.request().frames().size());
        data.put("accepted", job.accepted().size());
        data.put("failed", job.failed().size());
        data.put("unverified", job.unverified().size());
        if (job.failure() != null) {
            data.putObject("failure")
                    .put("kind", job.failure().kind().name())
                    .put("message", job.failure().message());
        }
        return made(
                job.id().value() + "." + at.toEpochMilli(), "job." + job.state().wireName(), at, data);
    }

    static Event of(FarmNotice.NodeQuarantined notice) {
        ObjectNode data = JSON.createObjectNode();
        data.put("node", notice.node().value());
        data.put("seconds", notice.until().toSeconds());
        data.put("cause", notice.cause());
        return made(notice.node().value() + "." + notice.at().toEpochMilli(), "node.quarantined", notice.at(), data);
    }

    /** Jobs wait, and no node is there that could render anything. */
    static Event starved(int waiting, Instant at) {
        ObjectNode data = JSON.createObjectNode();
        data.put("jobs", waiting);
        return made("farm-starved." + at.toEpochMilli(), "farm.starved", at, data);
    }

    private static Event made(String id, String type, Instant at, ObjectNode data) {
        ObjectNode body = JSON.createObjectNode();
        body.put("type", type);
        body.put("timestamp", at.truncatedTo(ChronoUnit.MILLIS).toString());
        body.set("data", data);
        try {
            return new Event(id, at, JSON.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers can always be written", e);
        }
    }
}
