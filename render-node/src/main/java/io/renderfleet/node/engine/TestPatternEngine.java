package io.renderfleet.node.engine;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Draws a test pattern in pure Java: the frame's number, and a sun that moves over hills. Needs no scene, no renderer, no screen
 * and no fonts.
 *
 * <p>Takes width and height (default 640 × 360), percentage, format ({@code PNG}, {@code JPEG}), and samples, which it only counts. The
 * same frame has the same pixels on every node. Thread-safe; one daemon thread a run.
 */
public final class TestPatternEngine implements RenderEngine {
    private static final EngineInfo INFO = new EngineInfo("test-pattern", "1");
    private static final Set<String> FORMATS = Set.of("PNG", "JPEG");
    private static final long MAX_PIXELS = 64L * 1024 * 1024;

    private final Duration timePerFrame;
    private final Set<TestPatternRun> running = ConcurrentHashMap.newKeySet();

    /** Makes an engine that takes as long as drawing takes. */
    public TestPatternEngine() {
        this(Duration.ZERO);
    }

    /**
     * Makes an engine that takes its time, so that there is something to watch.
     *
     * @param timePerFrame how long a frame takes at least, not negative
     */
    public TestPatternEngine(Duration timePerFrame) {
        if (timePerFrame.isNegative()) {
            throw new IllegalArgumentException("timePerFrame is " + timePerFrame + ": it must not be negative");
        }
        this.timePerFrame = timePerFrame;
    }

    @Override
    public EngineInfo info() {
        return INFO;
    }

    @Override
    public Optional<Failure> check(RenderTask task) {
        RenderSettings settings = task.settings();
        if (settings.engine() != null && !settings.engine().equals("TEST_PATTERN")) {
            return Optional.of(Failure.of(
                    FailureKind.ENGINE_UNAVAILABLE,
                    "This node draws a test pattern and has no engine " + settings.engine()
                            + ": leave settings.engine out, or ask another node."));
        }
        if (settings.format() != null && !FORMATS.contains(settings.format())) {
            return Optional.of(Failure.of(
                    FailureKind.UNSUPPORTED_FORMAT,
                    "The test pattern cannot be written as " + settings.format() + ": it can be PNG or JPEG."));
        }
        if (settings.depth() != null && settings.depth() != 8) {
            return Optional.of(Failure.of(
                    FailureKind.UNSUPPORTED_SETTING,
                    "settings.depth is " + settings.depth() + ": the test pattern has 8 bits a channel."));
        }
        if (settings.device() != null && !settings.device().equals("CPU")) {
            return Optional.of(Failure.of(
                    FailureKind.DEVICE_UNAVAILABLE,
                    "settings.device is " + settings.device() + ": the test pattern is drawn by the CPU."));
        }
        Size size = Size.of(settings);
        if ((long) size.width() * size.height() > MAX_PIXELS) {
            return Optional.of(Failure.of(
                    FailureKind.UNSUPPORTED_SETTING,
                    "The picture would have " + size.width() + " × " + size.height()
                            + " pixels: a test pattern has at most " + MAX_PIXELS + "."));
        }
        return Optional.empty();
    }

    @Override
    public RenderRun start(RenderTask task, EngineSink sink) {
        TestPatternRun run = new TestPatternRun(task, sink, timePerFrame, running::remove);
        running.add(run);
        run.start();
        return run;
    }

    @Override
    public void close() {
        running.forEach(
                run -> run.stop(Failure.of(FailureKind.NODE_DRAINED, "The engine was closed while it rendered.")));
    }

    /** The pixels that the settings ask for. */
    record Size(int width, int height) {
        static Size of(RenderSettings settings) {
            int percentage = Objects.requireNonNullElse(settings.percentage(), 100);
            int width = Objects.requireNonNullElse(settings.width(), 640) * percentage / 100;
            int height = Objects.requireNonNullElse(settings.height(), 360) * percentage / 100;
            return new Size(Math.max(1, width), Math.max(1, height));
        }
    }
}
