package io.renderfleet.node.server;

import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.http.server.Router;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.RenderNode;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.BadRequest;
import io.renderfleet.transport.http.wire.ProblemType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/** What a job has made: its log, the list of its frames, their files, and the scene that it has baked. */
final class OutputEndpoints {
    private static final Pattern FRAME = Pattern.compile("-?\\d{1,8}");
    private static final String UNKNOWN_TYPE = "application/octet-stream";
    private static final Map<String, String> TYPES = Map.of(
            "png", "image/png",
            "jpg", "image/jpeg",
            "jpeg", "image/jpeg",
            "exr", "image/x-exr",
            "tif", "image/tiff",
            "tiff", "image/tiff",
            "webp", "image/webp");

    private final RenderNode node;
    private final Clients clients;

    OutputEndpoints(RenderNode node, Clients clients) {
        this.node = node;
        this.clients = clients;
    }

    void addTo(Router.Builder routes) {
        routes.route("GET", "/job/{id}/log", clients.counted(this::log))
                .route("GET", "/job/{id}/frames", clients.counted(this::frames))
                .route("GET", "/job/{id}/frames/{n}", clients.counted(call -> file(call, null)))
                .route("GET", "/job/{id}/frames/{n}/{file*}", clients.counted(call -> file(call, call.path("file"))))
                .route("GET", "/job/{id}/baked", clients.counted(this::baked));
    }

    private CompletionStage<Answer> log(Call call) {
        String id = job(call).id();
        return node.log(id)
                .map(path -> Answer.file(path, Headers.TEXT, null))
                .orElseGet(() -> Answer.text(200, Headers.TEXT, ""))
                .now();
    }

    private CompletionStage<Answer> frames(Call call) {
        NodeJobView job = job(call);
        @Nullable String attempt = job.attempt() == null ? null : job.attempt().toString();
        List<FrameOutput> frames = node.frames(job.id()).orElseThrow(JobAnswers::unknown);
        return Answer.stream(Headers.JSON, Content.Source.from(new FrameListStream(frames, attempt)))
                .now();
    }

    private CompletionStage<Answer> file(Call call, @Nullable String name) {
        NodeJobView job = job(call);
        int frame = frame(call.path("n"));
        OutputFile file = node.frame(job.id(), frame).stream()
                .flatMap(output -> output.files().stream())
                .filter(one -> name == null ? one.main() : one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        ProblemType.NOT_FOUND, "The job has no such file of frame " + frame + ", or not yet."));
        Path path = node.file(job.id(), frame, file.name())
                .orElseThrow(() -> new RefusedException(
                        ProblemType.NOT_FOUND,
                        "The file of frame " + frame
                                + " is not there any more, or was changed after it was rendered."));
        return sent(path, type(file.name()), file.sha256());
    }

    private CompletionStage<Answer> baked(Call call) {
        NodeJobView job = job(call);
        SceneReport scene = job.scene();
        BakedScene baked = scene == null ? null : scene.baked();
        if (baked == null) {
            throw new RefusedException(ProblemType.NOT_FOUND, "The job has no baked scene, or not yet.");
        }
        Path path = node.baked(job.id())
                .orElseThrow(
                        () -> new RefusedException(ProblemType.NOT_FOUND, "The baked scene is not there any more."));
        return sent(path, "application/zip", baked.sha256());
    }

    private static CompletionStage<Answer> sent(Path path, String type, Sha256 digest) {
        return Answer.file(path, type, digest.hex())
                .with("Cache-Control", "private, no-cache")
                .now();
    }

    private NodeJobView job(Call call) {
        return node.job(JobRequestMapper.id(call)).orElseThrow(JobAnswers::unknown);
    }

    private static int frame(String text) {
        if (!FRAME.matcher(text).matches()) {
            throw new RefusedException(Answer.problem(
                    new BadRequest("frame", "the frame in the path must be a whole number").toProblem()));
        }
        return Integer.parseInt(text);
    }

    private static String type(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(extension, UNKNOWN_TYPE);
    }
}
