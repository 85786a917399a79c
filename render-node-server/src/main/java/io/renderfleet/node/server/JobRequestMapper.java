package io.renderfleet.node.server;

import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.node.NodeJobRequest;
import io.renderfleet.node.scene.SceneRef;
import io.renderfleet.transport.http.wire.JobOrder;
import io.renderfleet.transport.http.wire.Reading;
import io.renderfleet.transport.http.wire.SceneReference;

/** Maps a job request from the wire to the request that a node takes. */
final class JobRequestMapper {
    private JobRequestMapper() {}

    /** The value that was read, or the 400 that names what is wrong. */
    static <T> T orRefuse(Reading<T> reading) {
        return reading.either(value -> value, problem -> {
            throw new RefusedException(Answer.problem(problem.toProblem()));
        });
    }

    static NodeJobRequest request(JobOrder order) {
        return new NodeJobRequest(
                order.frames(),
                scene(order.scene()),
                order.output(),
                order.settings(),
                order.renderer(),
                order.scenePolicy(),
                order.timeout(),
                order.job(),
                order.batch());
    }

    /** An id or pid from the path; what cannot be one is simply not known. */
    static String id(Call call) {
        return call.path("id");
    }

    private static SceneRef scene(SceneReference reference) {
        if (reference instanceof SceneReference.ByContent content) {
            return new SceneRef.Content(content.sha256(), content.entry());
        }
        return reference instanceof SceneReference.ByName named ? new SceneRef.Named(named.name()) : SceneRef.DEFAULT;
    }
}
