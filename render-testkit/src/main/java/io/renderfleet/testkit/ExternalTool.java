package io.renderfleet.testkit;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A program outside of the JVM that a test needs.
 *
 * <p>A test calls {@link #require()} and gets the program's path. Where the program is missing the test is skipped, and
 * the report says so; where {@value #REQUIRE_TOOLS} is {@code true}, as an environment variable or a system property, it
 * fails instead, so that a build server can't pass by leaving tests out.
 *
 * <p>A program is looked for on the {@code PATH}, unless the environment names its file, as {@code RENDERFLEET_BLENDER}
 * does for Blender.
 */
public enum ExternalTool {
    /** The renderer. */
    BLENDER("blender"),
    /** Makes films of frames. */
    FFMPEG("ffmpeg"),
    /** Describes an image or a film. */
    FFPROBE("ffprobe"),
    /** A browser without a screen. */
    CHROMIUM("chromium"),
    /** Lets a test drive that browser. */
    CHROMEDRIVER("chromedriver"),
    /** A message broker. */
    RABBITMQ("rabbitmq-server"),
    /** A store of keys and values, in which nodes announce themselves. */
    ETCD("etcd"),
    /** SeaweedFS, which serves buckets as Amazon S3 does. */
    WEED("weed"),
    /** Collects metrics. */
    PROMETHEUS("prometheus"),
    /** Checks rules for Prometheus; it is a part of it. */
    PROMTOOL("promtool"),
    /** Makes networks for processes; it is a part of iproute2. */
    IP("ip");

    /** The name of the environment variable and system property that turns skipped tests into failed ones. */
    public static final String REQUIRE_TOOLS = "RENDERFLEET_REQUIRE_TOOLS";

    private final String program;

    ExternalTool(String program) {
        this.program = program;
    }

    /**
     * The path of this program; without it the calling test ends here, skipped or failed.
     *
     * @return an executable file
     */
    public Path require() {
        return find().orElseGet(this::endTest);
    }

    /**
     * Looks for this program.
     *
     * @return an executable file, or empty where there is none
     */
    public Optional<Path> find() {
        return find(System.getenv());
    }

    Optional<Path> find(Map<String, String> environment) {
        String named = environment.get(variable());
        if (named != null && !named.isBlank()) {
            return executable(named, "");
        }
        return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> executable(folder, program).stream())
                .findFirst();
    }

    String variable() {
        return "RENDERFLEET_" + name().toUpperCase(Locale.ROOT);
    }

    static boolean isRequired(@Nullable String environment, @Nullable String property) {
        return Boolean.parseBoolean(environment) || Boolean.parseBoolean(property);
    }

    private Path endTest() {
        throw missing(program + " is neither on the PATH nor named by " + variable());
    }

    /**
     * Ends the calling test, skipped or failed, as where a program is missing. For what is not a program, such as a right that the tests may
     * not have.
     *
     * @param what what is missing, in words for the report
     * @return never: it throws; callers may say so with {@code throw}
     */
    public static RuntimeException missing(String what) {
        if (isRequired(System.getenv(REQUIRE_TOOLS), System.getProperty(REQUIRE_TOOLS))) {
            return fail(what + ", and " + REQUIRE_TOOLS + " is true");
        }
        // The build's output only counts skipped tests; the reason belongs beside the count.
        LoggerFactory.getLogger(ExternalTool.class).warn("test skipped: {}", what);
        return abort(what);
    }

    private static Optional<Path> executable(String first, String second) {
        try {
            return Optional.of(Path.of(first, second).toAbsolutePath())
                    .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
