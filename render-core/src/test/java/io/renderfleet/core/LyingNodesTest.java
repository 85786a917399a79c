package io.renderfleet.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.output.FolderOutputs;
import io.renderfleet.core.policy.RetryPolicy;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An executor whose node lies")
@Timeout(60)
class LyingNodesTest {
    private static final RenderRequest SHOT = RenderRequest.of(Scene.onNodes("shot.blend"), "1");
    private static final RetryPolicy TWICE = new RetryPolicy(2, Duration.ofMillis(10), Duration.ofMillis(20), 1.5, 0);

    @TempDir
    Path folder;

    LyingNodesTest() {}

    private RenderResult render(ThinTransport transport, long maxFile) throws Exception {
        try (RenderExecutor farm = RenderExecutor.builder()
                .transport(transport)
                .nodes("thin://one")
                .outputRoot(folder)
                .retry(TWICE)
                .maxFile(maxFile)
                .build()) {
            return farm.submit(SHOT).completion().get(50, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("gives up on batches that the node takes and then does not know, after as many tries as others get")
    void forgets() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        RenderResult result = render(
                new ThinTransport() {
                    @Override
                    public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
                        taken.incrementAndGet();
                        return super.submit(target, assignment);
                    }

                    @Override
                    public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
                        return answer(new PollOutcome.Lost());
                    }
                },
                1 << 20);

        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failure()).isNotNull().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.NODE_LOST);
            assertThat(failure.message()).contains("does not know the batch any more", "batch after batch");
        });
        assertThat(taken).hasValueBetween(3, 6);
    }

    @Test
    @DisplayName("does not ask for a file that no frame can have, and says how large the node says it is")
    void tooLarge() throws Exception {
        AtomicInteger fetched = new AtomicInteger();
        OutputFile endless =
                new OutputFile("frame-0001.png", 1_000_000_000_000_000L, new Sha256("ab".repeat(32)), true);
        RenderResult result = render(
                new ThinTransport() {
                    @Override
                    public CompletionStage<DescribeOutcome> describe(Target target) {
                        return answer(new DescribeOutcome.Described(
                                NodeDescription.simplest(new NodeId("liar")).can(Capability.FRAMES)));
                    }

                    @Override
                    public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
                        return answer(new FramesOutcome.Listed(
                                List.of(new FrameOutput(1, List.of(endless), Duration.ofSeconds(1)))));
                    }

                    @Override
                    public CompletionStage<FetchOutcome> fetch(
                            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
                        fetched.incrementAndGet();
                        return super.fetch(remote, frame, file, into, check);
                    }
                },
                8L << 30);

        assertThat(fetched).hasValue(0);
        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failed()).isEqualTo(FrameSet.of(1));
        assertThat(result.failure()).isNotNull().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.FETCH_FAILED);
            assertThat(failure.message())
                    .isEqualTo(
                            "Node liar says that frame-0001.png has 1000000000000000 bytes: at most 8589934592 are taken.");
        });
    }

    @ParameterizedTest(name = "bytes shown: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "publishes nothing that is no picture although length and digest are right, whether or not the transport shows the bytes")
    void noPicture(boolean shown) throws Exception {
        byte[] lie = "This is no picture.".getBytes(StandardCharsets.UTF_8);
        AtomicInteger fetched = new AtomicInteger();
        RenderResult result = render(
                new ListingTransport("frame-0001.exr", lie) {
                    @Override
                    public CompletionStage<FetchOutcome> fetch(
                            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
                        fetched.incrementAndGet();
                        String flaw = shown ? check.add(ByteBuffer.wrap(lie)) : null;
                        if (flaw != null) {
                            return answer(new FetchOutcome.Flawed(flaw));
                        }
                        try {
                            Files.write(into, lie);
                        } catch (IOException e) {
                            return answer(new FetchOutcome.LocalFailure(e.toString()));
                        }
                        return answer(new FetchOutcome.Fetched());
                    }
                },
                8L << 30);

        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failure()).isNotNull().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.FETCH_FAILED);
            assertThat(failure.message())
                    .isEqualTo("Node liar sent frame-0001.exr, which does not begin like an OpenEXR file.");
        });
        assertThat(fetched).as("once for each try").hasValue(2);
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".exr"))).isEmpty();
        }
    }

    @Test
    @DisplayName("publishes nothing of a shared folder that is no picture")
    void sharedFolder() throws Exception {
        byte[] lie = "This is no picture.".getBytes(StandardCharsets.UTF_8);
        ThinTransport liar = new ListingTransport("frame-0001.png", lie) {
            @Override
            public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
                AttemptId attempt = assignment.attempt();
                Path own = folder.resolve(assignment.job().value())
                        .resolve(".attempts/" + attempt.epoch() + "-" + attempt.seq());
                try {
                    Files.write(Files.createDirectories(own).resolve("frame-0001.png"), lie);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return super.submit(target, assignment);
            }

            @Override
            public CompletionStage<FetchOutcome> fetch(
                    RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
                return answer(new FetchOutcome.Flawed(String.valueOf(check.add(ByteBuffer.wrap(lie)))));
            }
        };
        RenderResult result;
        try (RenderExecutor farm = RenderExecutor.builder()
                .transport(liar)
                .nodes("thin://one")
                .outputs(FolderOutputs.sharedWithNodes(folder))
                .retry(TWICE)
                .build()) {
            result = farm.submit(SHOT).completion().get(50, TimeUnit.SECONDS);
        }

        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failure())
                .isNotNull()
                .satisfies(failure -> assertThat(failure.message())
                        .isEqualTo("Node liar sent frame-0001.png, which does not begin like a PNG file."));
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".png")))
                    .isNotEmpty()
                    .allMatch(file -> file.toString().contains("/.attempts/"));
        }
    }

    @Test
    @DisplayName("about a file that cannot be brought onto the disk has nothing published: the job fails and says so")
    void notOnDisk() throws Exception {
        Path noDisk = Path.of("/proc/self/stat");
        assumeTrue(Files.exists(noDisk), "only Linux has files that no fsync is for");
        byte[] content = "BM".getBytes(StandardCharsets.UTF_8);
        RenderTransport honest = new ListingTransport("frame-0001.bmp", content) {
            @Override
            public CompletionStage<FetchOutcome> fetch(
                    RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
                check.add(ByteBuffer.wrap(content));
                try {
                    Files.createSymbolicLink(into, noDisk);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return answer(new FetchOutcome.Fetched());
            }
        };
        RenderResult result;
        try (RenderExecutor farm = RenderExecutor.builder()
                .transport(honest)
                .nodes("thin://one")
                .outputs(new FolderOutputs(folder))
                .retry(TWICE)
                .build()) {
            result = farm.submit(SHOT).completion().get(50, TimeUnit.SECONDS);
        }

        assertThat(result.failure())
                .isNotNull()
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.PUBLISH_FAILED));
        assertThat(result.frames()).isEmpty();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".bmp"))).isEmpty();
        }
    }

    /** A node that says of the first frame that it is there. */
    private static class ListingTransport extends ThinTransport {
        private final OutputFile file;

        ListingTransport(String name, byte[] content) {
            MessageDigest digest = Sha256.newDigest();
            digest.update(content);
            file = new OutputFile(name, content.length, Sha256.of(digest), true);
        }

        @Override
        public CompletionStage<DescribeOutcome> describe(Target target) {
            return answer(new DescribeOutcome.Described(
                    NodeDescription.simplest(new NodeId("liar")).can(Capability.FRAMES)));
        }

        @Override
        public CompletionStage<FramesOutcome> frames(RemoteJob remote) {
            return answer(new FramesOutcome.Listed(List.of(new FrameOutput(1, List.of(file), Duration.ofSeconds(1)))));
        }
    }
}
