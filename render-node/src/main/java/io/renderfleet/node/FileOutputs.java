package io.renderfleet.node;

import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.node.files.DiskRoom;
import io.renderfleet.node.journal.JobEnd;
import io.renderfleet.node.journal.JobJournal;
import io.renderfleet.node.journal.Manifest;
import io.renderfleet.node.output.BakedFile;
import io.renderfleet.node.output.JobLog;
import io.renderfleet.node.output.KeptFrames;
import io.renderfleet.node.output.Publisher;
import io.renderfleet.node.output.SerialSteps;
import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.verify.OutputVerifier;
import io.renderfleet.node.verify.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The frames of one running job as files: verified, hashed, written down, and published where no coordinator does that. */
final class FileOutputs implements Outputs {
    private static final Logger logger = LoggerFactory.getLogger(FileOutputs.class);

    private final JobFolder folder;
    private final JobFiles files;
    private final JobLog log;
    private final JobJournal journal;
    private final FrameOrigin origin;
    private final SerialSteps steps;
    private final OutputVerifier verifier;
    private final NodeTime time;
    private final Set<String> names = new HashSet<>();

    FileOutputs(
            JobFolder folder,
            JobFiles files,
            JobLog log,
            JobJournal journal,
            FrameOrigin origin,
            SerialSteps steps,
            OutputVerifier verifier,
            NodeTime time) {
        this.folder = folder;
        this.files = files;
        this.log = log;
        this.journal = journal;
        this.origin = origin;
        this.steps = steps;
        this.verifier = verifier;
        this.time = time;
    }

    @Override
    public void inOrder(Runnable step) {
        steps.add(step);
    }

    @Override
    public void prepare(NodeJob job, BooleanSupplier wanted, Runnable then) {
        Path published = folder.published();
        if (published == null || !JobFolder.joins(job.request())) {
            then.run();
            return;
        }
        inOrder(() -> {
            keepWhatIsThere(job, published, wanted);
            then.run();
        });
    }

    private void keepWhatIsThere(NodeJob job, Path published, BooleanSupplier wanted) {
        try {
            List<FrameOutput> kept = KeptFrames.find(
                    published, job.request().frames(), job.request().output(), origin.picture(), verifier, wanted);
            for (FrameOutput output : kept) {
                output.files().forEach(file -> names.add(file.name()));
                note(() -> journal.finished(output));
                files.add(output);
                job.frameKept(output.frame());
            }
            log.line("Kept " + kept.size() + " frames that were there and valid");
        } catch (IOException e) {
            logger.warn("Job {}: what is in its folder cannot be read, all is rendered again", job.id(), e);
        }
    }

    @Override
    public void started(Instant at) {
        note(() -> journal.started(at));
    }

    @Override
    public void shortened(FrameSet frames) {
        note(() -> journal.shortened(frames));
    }

    @Override
    public void take(NodeJob job, EngineEvent.FrameSaved saved) {
        try {
            FrameOutput output = verified(saved);
            Path published = folder.published();
            if (published != null) {
                publish(output, published, JobFolder.joins(job.request()));
            }
            note(() -> new Manifest(folder.frames()).add(output, sources(saved), origin.of(job), time.now()));
            note(() -> journal.finished(output));
            files.add(output);
            job.frameFinished(saved.frame(), saved.renderTime());
        } catch (FlawedOutputException e) {
            fail(job, e.failure());
        }
    }

    @Override
    public void fail(NodeJob job, Failure failure) {
        log.line(failure.toString());
        job.frameFailed(failure.log().isEmpty() ? failure.withLog(log.tail()) : failure);
    }

    private FrameOutput verified(EngineEvent.FrameSaved saved) throws FlawedOutputException {
        int frame = saved.frame();
        if (saved.files().isEmpty()) {
            throw flaw(FailureKind.FRAME_MISSING, frame, "it was announced without a file.");
        }
        List<OutputFile> outputs = new ArrayList<>(saved.files().size());
        for (Path file : saved.files()) {
            Verification verification = verifier.verify(folder.attempt(), file);
            if (verification instanceof Verification.Whole whole) {
                outputs.add(outputFile(frame, file, whole, outputs.isEmpty()));
            } else if (verification instanceof Verification.Flawed flawed) {
                boolean full = DiskRoom.isExhausted(folder.attempt());
                throw full
                        ? flaw(FailureKind.DISK_FULL, frame, flawed.message() + ", and the node's disk is full.")
                        : flaw(flawed.kind(), frame, flawed.message() + ".");
            }
        }
        return new FrameOutput(frame, outputs, saved.renderTime());
    }

    private Map<String, EngineEvent.FrameSaved.Source> sources(EngineEvent.FrameSaved saved) {
        Map<String, EngineEvent.FrameSaved.Source> named = new HashMap<>();
        saved.sources().forEach((file, source) -> named.put(name(file), source));
        return named;
    }

    private String name(Path file) {
        return folder.attempt().relativize(file).toString().replace('\\', '/');
    }

    private OutputFile outputFile(int frame, Path file, Verification.Whole whole, boolean main)
            throws FlawedOutputException {
        String name = name(file);
        if (name.equals(Manifest.FILE_NAME) || name.equalsIgnoreCase(BakedFile.NAME)) {
            throw flaw(FailureKind.FRAME_MISSING, frame, "its file must not be called " + name + ".");
        }
        if (!names.add(name)) {
            throw flaw(FailureKind.FRAME_MISSING, frame, "its file " + name + " is another frame's.");
        }
        try {
            return new OutputFile(name, whole.bytes(), whole.sha256(), main);
        } catch (IllegalArgumentException e) {
            throw flaw(FailureKind.FRAME_MISSING, frame, String.valueOf(e.getMessage()));
        }
    }

    private void publish(FrameOutput output, Path into, boolean replace) throws FlawedOutputException {
        for (OutputFile file : output.files()) {
            try {
                Path rendered = folder.attempt().resolve(file.name());
                Path published = into.resolve(file.name());
                Publisher.publish(rendered, published, replace);
                verifier.moved(rendered, published);
            } catch (IOException e) {
                throw flaw(
                        DiskRoom.isWantOfRoom(e, into) ? FailureKind.DISK_FULL : FailureKind.OUTPUT_NOT_WRITABLE,
                        output.frame(),
                        "it is rendered, but " + file.name() + " could not be put into the job's folder: "
                                + e.getClass().getSimpleName() + ".");
            }
        }
    }

    private static FlawedOutputException flaw(FailureKind kind, int frame, String what) {
        return new FlawedOutputException(Failure.of(kind, frame, "Frame " + frame + ": " + what));
    }

    @Override
    public void loaded(NodeJob job, EngineEvent.SceneLoaded found) {
        if (job.sceneLoaded(found)) {
            noteScene(job);
        }
    }

    @Override
    public void takeBaked(NodeJob job, EngineEvent.SceneBaked baked) {
        SceneReport known = job.scene();
        if (known != null && known.baked() != null) {
            // Somebody may be fetching the first one.
            return;
        }
        try {
            BakedScene scene = BakedFile.take(baked, folder.work(), folder.attempt(), origin.engine());
            log.line("Baked the scene: " + scene.bytes() + " bytes");
            if (job.sceneBaked(scene)) {
                noteScene(job);
            }
        } catch (IOException e) {
            // The frames come all the same. What the system says can name the node's folders.
            boolean full = DiskRoom.isWantOfRoom(e, folder.attempt());
            withheld(job, full ? "the node's disk is full" : e.getClass().getSimpleName(), e);
        } catch (IllegalArgumentException e) {
            withheld(job, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void warned(NodeJob job, RenderWarning warning) {
        if (job.warned(warning)) {
            note(() -> new Manifest(folder.frames()).warn(warning, job.id()));
            note(() -> journal.warned(warning));
        }
    }

    private void withheld(NodeJob job, String why, Exception e) {
        log.line("The baked scene cannot be handed out: " + why);
        logger.warn("Job {}: its baked scene cannot be handed out", job.id(), e);
    }

    private void noteScene(NodeJob job) {
        SceneReport scene = job.scene();
        if (scene != null) {
            note(() -> journal.scene(scene));
        }
    }

    @Override
    public void log(String line) {
        log.line(line);
    }

    @Override
    public void began(int frame) {
        log.began(frame);
    }

    @Override
    public List<String> logTail() {
        return log.tail();
    }

    @Override
    public void ended(NodeJobView view) {
        log.title(view.status());
        log.close();
        note(() -> journal.ended(
                new JobEnd(view.state().name(), view.endedAt() == null ? time.now() : view.endedAt(), view.failure())));
        note(journal::close);
        files.seal();
        folder.clear();
    }

    private interface Note {
        void write() throws IOException;
    }

    /** What cannot be written down is not there after a restart; the job itself goes on. */
    private void note(Note note) {
        try {
            note.write();
        } catch (IOException e) {
            logger.warn("Could not write down what happened to the job of {}: {}", folder.journal(), e.toString());
        }
    }
}
