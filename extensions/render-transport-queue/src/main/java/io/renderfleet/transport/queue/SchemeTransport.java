package io.renderfleet.transport.queue;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.TransportSignals;
import io.renderfleet.core.spi.UploadOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Nodes and pools in one farm: leads to each target by the transport for the scheme of its address.
 *
 * <pre>{@code
 * new SchemeTransport(Map.of("queue", queueTransport), HttpTransport.create())
 * }</pre>
 *
 * <p>Thread-safe if they are. All of them are closed with it.
 */
public final class SchemeTransport implements RenderTransport {
    private final Map<String, RenderTransport> byScheme;
    private final RenderTransport otherwise;

    /**
     * Makes a transport.
     *
     * @param byScheme transports by the scheme of the addresses to which they lead
     * @param otherwise for all other addresses
     */
    public SchemeTransport(Map<String, ? extends RenderTransport> byScheme, RenderTransport otherwise) {
        this.byScheme = Map.copyOf(byScheme);
        this.otherwise = otherwise;
    }

    private RenderTransport to(Target target) {
        String scheme = target.address().getScheme();
        return scheme == null ? otherwise : byScheme.getOrDefault(scheme, otherwise);
    }

    private List<RenderTransport> all() {
        List<RenderTransport> all = new ArrayList<>(byScheme.values());
        all.add(otherwise);
        return all;
    }

    @Override
    public void start(TransportSignals signals) {
        all().forEach(transport -> transport.start(signals));
    }

    @Override
    public void start(TransportSignals signals, String farm, long epoch) {
        all().forEach(transport -> transport.start(signals, farm, epoch));
    }

    @Override
    public CompletionStage<DescribeOutcome> describe(Target target) {
        return to(target).describe(target);
    }

    @Override
    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
        return to(target).submit(target, assignment);
    }

    @Override
    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
        return to(remote.target()).poll(remote, wait, etag);
    }

    @Override
    public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
        return to(remote.target()).cancel(remote, by);
    }

    @Override
    public CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return to(remote.target()).shorten(remote, keep, by);
    }

    @Override
    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return to(remote.target()).frames(remote);
    }

    @Override
    public CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return to(remote.target()).fetch(remote, frame, file, into, check);
    }

    @Override
    public CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        return to(remote.target()).fetchBaked(remote, baked, into);
    }

    @Override
    public CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        return to(target).upload(target, scene);
    }

    @Override
    public CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return to(remote.target()).log(remote, maxBytes);
    }

    @Override
    public void close() {
        all().forEach(RenderTransport::close);
    }
}
