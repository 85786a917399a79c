package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.node.files.FileTree;
import io.renderfleet.node.files.SafePath;
import io.renderfleet.node.verify.OutputVerifier;
import io.renderfleet.node.verify.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The frames of one job as files: verified, hashed, and published where no coordinator does that. */
final class FileOutputs implements Outputs {
    private final JobFolder folder;
    private final OutputVerifier verifier;
    private final SerialSteps steps;
    private final JobLog log;
    private final Set<String> names = new HashSet<>();

    FileOutputs(JobFolder folder, OutputVerifier verifier, SerialSteps steps, JobLog log) {
        this.folder = folder;
        this.verifier = verifier;
        this.steps = steps;
        this.log = log;
    }

    @Override
    public void inOrder(Runnable step) {
        steps.add(step);
    }

    @Override
    public void take(NodeJob job, EngineEvent.FrameSaved saved) {
        try {
            FrameOutput output = verified(saved);
            if (folder.published() != null) {
                publish(output, folder.published());
            }
            job.frameFinished(saved.frame(), output, saved.renderTime());
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
            throw new FlawedOutputException(
                    Failure.of(FailureKind.FRAME_MISSING, frame, "Frame " + frame + " was announced without a file."));
        }
        List<OutputFile> files = new ArrayList<>(saved.files().size());
        for (Path file : saved.files()) {
            Verification verification = verifier.verify(folder.attempt(), file);
            if (verification instanceof Verification.Whole whole) {
                files.add(outputFile(frame, file, whole, files.isEmpty()));
            } else if (verification instanceof Verification.Flawed flawed) {
                throw new FlawedOutputException(
                        Failure.of(flawed.kind(), frame, "Frame " + frame + ": " + flawed.message() + "."));
            }
        }
        return new FrameOutput(frame, files, saved.renderTime());
    }

    private OutputFile outputFile(int frame, Path file, Verification.Whole whole, boolean main)
            throws FlawedOutputException {
        String name = folder.attempt().relativize(file).toString().replace('\\', '/');
        if (!names.add(name)) {
            throw new FlawedOutputException(Failure.of(
                    FailureKind.FRAME_MISSING,
                    frame,
                    "Frame " + frame + " names " + name + ", which is another frame's."));
        }
        try {
            return new OutputFile(name, whole.bytes(), whole.sha256(), main);
        } catch (IllegalArgumentException e) {
            throw new FlawedOutputException(
                    Failure.of(FailureKind.FRAME_MISSING, frame, "Frame " + frame + ": " + e.getMessage()));
        }
    }

    private void publish(FrameOutput output, Path into) throws FlawedOutputException {
        for (OutputFile file : output.files()) {
            try {
                Publisher.publish(folder.attempt().resolve(file.name()), into.resolve(file.name()));
            } catch (IOException e) {
                throw new FlawedOutputException(Failure.of(
                        FailureKind.OUTPUT_NOT_WRITABLE,
                        output.frame(),
                        "Frame " + output.frame() + " is rendered, but " + file.name()
                                + " could not be put into the job's folder: "
                                + e.getClass().getSimpleName() + "."));
            }
        }
    }

    @Override
    public void log(String line) {
        log.line(line);
    }

    @Override
    public List<String> logTail() {
        return log.tail();
    }

    @Override
    public Optional<Path> logFile() {
        return Optional.of(log.file());
    }

    @Override
    public Optional<Path> find(String name) {
        return SafePath.file(folder.published() == null ? folder.attempt() : folder.published(), name);
    }

    @Override
    public void close() {
        log.close();
        FileTree.remove(folder.work());
        if (folder.published() != null) {
            FileTree.remove(folder.attempt());
        }
    }
}
