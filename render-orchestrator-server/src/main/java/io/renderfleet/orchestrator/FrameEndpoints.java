package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.http.server.Router;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.MediaRanges;
import io.renderfleet.transport.http.wire.FrameStream;
import io.renderfleet.transport.http.wire.ProblemType;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.io.Content;

/** What was rendered of a job: its frames, and all of them in an archive. */
final class FrameEndpoints {
    private static final String ANY_PICTURE = "image/*";

    private final RenderExecutor farm;
    private final Jobs jobs;

    FrameEndpoints(RenderExecutor farm, Jobs jobs) {
        this.farm = farm;
        this.jobs = jobs;
    }

    void addTo(Router.Builder router) {
        router.route("GET", "/jobs/{id}/frames", this::list)
                .route("GET", "/jobs/{id}/frames/{frame}", this::picture)
                .route("GET", "/jobs/{id}/frames/{frame}/{file*}", this::file)
                .route("GET", "/jobs/{id}/archive", this::archive);
    }

    private CompletionStage<Answer> list(Call call) {
        RenderHandle handle = jobs.toFetch(call);
        return Answer.stream(Headers.JSON, Content.Source.from(new FrameStream(farm.frames(handle.id()))))
                .now();
    }

    private CompletionStage<Answer> picture(Call call) {
        RenderHandle handle = jobs.toFetch(call);
        if (MediaRanges.prefers(call.header(Headers.ACCEPT).orElse(null), Headers.JSON, ANY_PICTURE)) {
            return facts(call, handle);
        }
        return send(handle, frame(call, handle).main())
                .with(Headers.VARY, Headers.ACCEPT)
                .now();
    }

    /** What is known of a frame, also while it is not there. */
    private CompletionStage<Answer> facts(Call call, RenderHandle handle) {
        int frame = number(call.path("frame"));
        if (!handle.snapshot().request().frames().contains(frame)) {
            throw new RefusedException(ProblemType.NOT_FOUND, "The job has no frame " + frame + ".");
        }
        FrameOutput output = farm.frame(handle.id(), frame).orElse(null);
        return Answer.json(200, HistoryEndpoint.frame(call, handle, frame, output))
                .with(Headers.VARY, Headers.ACCEPT)
                .now();
    }

    private CompletionStage<Answer> file(Call call) {
        RenderHandle handle = jobs.toFetch(call);
        String name = call.path("file");
        OutputFile file = frame(call, handle).files().stream()
                .filter(other -> other.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RefusedException(ProblemType.NOT_FOUND, "The frame has no file of that name."));
        return send(handle, file).now();
    }

    private Answer send(RenderHandle handle, OutputFile file) {
        return Answer.file(
                farm.published(handle.id(), file.name()),
                mediaType(file.name()),
                file.sha256().hex());
    }

    private FrameOutput frame(Call call, RenderHandle handle) {
        int number = number(call.path("frame"));
        return farm.frame(handle.id(), number)
                .orElseThrow(
                        () -> new RefusedException(ProblemType.NOT_FOUND, "Frame " + number + " is not there (yet)."));
    }

    static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException wrong) {
            throw new RefusedException(ProblemType.INVALID_REQUEST, "A frame is a whole number, such as 7 or -3.");
        }
    }

    private CompletionStage<Answer> archive(Call call) {
        RenderHandle handle = jobs.toFetch(call);
        List<OutputFile> files = farm.frames(handle.id()).stream()
                .flatMap(frame -> frame.files().stream())
                .toList();
        ArchiveStream zip = new ArchiveStream(files, name -> farm.published(handle.id(), name));
        return Answer.stream("application/zip", Content.Source.from(zip))
                .with("Content-Disposition", "attachment; filename=\"" + handle.id() + ".zip\"")
                .now();
    }

    private static String mediaType(String name) {
        String type = MimeTypes.DEFAULTS.getMimeByExtension(name);
        if (type == null && name.endsWith(".exr")) {
            return "image/x-exr";
        }
        return type == null ? "application/octet-stream" : type;
    }
}
