package io.renderfleet.core.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A published frame")
@Timeout(60)
class PublishedFramesTest {
    private static final JobId JOB = new JobId("shot");

    @TempDir
    Path root;

    PublishedFramesTest() {}

    /** Stages some bytes and publishes them together with somebody else. */
    private static OutputFile publish(
            FolderOutputs outputs, String name, long attempt, String bytes, CyclicBarrier together) {
        try {
            OutputFile file = new OutputFile(name, bytes.length(), digest(bytes), true);
            Path staged = outputs.stage(JOB, new AttemptId("f-1", 1, attempt), file);
            Files.writeString(staged, bytes);
            together.await(30, TimeUnit.SECONDS);
            return outputs.publish(JOB, staged, file);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Sha256 digest(String bytes) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(bytes.getBytes(StandardCharsets.UTF_8));
        return Sha256.of(digest);
    }

    @Test
    @DisplayName("is one of two copies that come at the same moment, also by two coordinators, and both are told which")
    void twoAtOnce() throws Exception {
        FolderOutputs one = new FolderOutputs(root);
        FolderOutputs other = new FolderOutputs(root);
        one.open(JOB, null);
        other.open(JOB, null);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 300; i++) {
                String name = "shot_" + i + ".png";
                CyclicBarrier together = new CyclicBarrier(2);
                FolderOutputs second = i % 2 == 0 ? one : other;
                List<Future<OutputFile>> published = List.of(
                        threads.submit(() -> publish(one, name, 1, "first pixels", together)),
                        threads.submit(() -> publish(second, name, 2, "other pixels", together)));
                OutputFile first = published.get(0).get(30, TimeUnit.SECONDS);

                assertThat(published.get(1).get(30, TimeUnit.SECONDS)).isEqualTo(first);
                assertThat(Sha256.of(one.published(JOB, name))).isEqualTo(first.sha256());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @DisplayName("gets its name by a rename where the system allows no hard link, which is so with folders everywhere")
    void withoutHardLinks() throws Exception {
        FolderOutputs outputs = new FolderOutputs(root);
        outputs.open(JOB, null);
        OutputFile file = new OutputFile("shot_1.png", 1, digest("a"), true);
        Path staged = outputs.stage(JOB, new AttemptId("f-1", 1, 1), file);
        Files.createDirectory(staged);

        assertThat(outputs.publish(JOB, staged, file)).isEqualTo(file);
        assertThat(outputs.published(JOB, file.name())).isDirectory();
        assertThat(staged).doesNotExist();
    }
}
