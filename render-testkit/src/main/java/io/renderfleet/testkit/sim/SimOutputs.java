package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.OutputStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where frames are published: a disk that outlives coordinators and holds digests in place of pictures. */
final class SimOutputs implements OutputStore {
    private static final Path ROOT = Path.of("/sim");

    private final FaultDice dice;
    private final Map<Path, Sha256> staged = new HashMap<>();
    private final Map<String, OutputFile> published = new HashMap<>();

    SimOutputs(FaultDice dice) {
        this.dice = dice;
    }

    @Override
    public Path open(JobId job, @Nullable Path requested) throws IOException {
        mayFail();
        return ROOT.resolve(job.value());
    }

    @Override
    public Path stage(JobId job, AttemptId attempt, OutputFile file) throws IOException {
        mayFail();
        Path path = ROOT.resolve(job.value() + "/.staged/" + attempt.epoch() + "-" + attempt.seq() + "/" + file.name());
        staged.remove(path);
        return path;
    }

    void write(Path into, Sha256 content) {
        staged.put(into, content);
    }

    /** What lies staged at a path; null if nothing does. */
    @Nullable Sha256 staged(Path path) {
        return staged.get(path);
    }

    @Override
    public OutputFile publish(JobId job, Path from, OutputFile file) throws IOException {
        mayFail();
        Sha256 content = staged.remove(from);
        if (content == null || !content.equals(file.sha256())) {
            throw new IOException("nothing whole is staged for " + file.name());
        }
        OutputFile before = published.putIfAbsent(job + "/" + file.name(), file);
        return before == null ? file : before;
    }

    @Override
    public Path published(JobId job, String name) {
        return ROOT.resolve(job.value()).resolve(name);
    }

    @Override
    public void sweep(JobId job) {
        Path folder = ROOT.resolve(job.value());
        staged.keySet().removeIf(path -> path.startsWith(folder));
    }

    /** What is published under a name; null if nothing is. */
    @Nullable OutputFile file(JobId job, String name) {
        return published.get(job + "/" + name);
    }

    private void mayFail() throws IOException {
        if (dice.strikes(Fault.OUTPUT_ERROR)) {
            throw new IOException("no space left on device");
        }
    }
}
