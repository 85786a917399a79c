package io.renderfleet.core.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an application asks for: which frames of a scene to render, and how.
 *
 * <p>Immutable. Two requests that ask for the same are equal. Each method returns a changed copy:
 *
 * <pre>{@code
 * RenderRequest.of(Scene.local(Path.of("shot.blend")), "1-20").outputFolder(Path.of("frames")).priority(5)
 * }</pre>
 */
public final class RenderRequest {

    /** The most frames that one job may have. */
    public static final int MAX_FRAMES = 1_000_000;

    /** The longest time that a request may set: a year. */
    public static final Duration MAX_TIMEOUT = Duration.ofDays(366);

    private static final Duration LEAST_FRAME_TIME = Duration.ofMillis(1);
    private static final int MAX_NAME = 128;
    private static final int ADAPTIVE = 0;

    /** W3C Trace Context, 3.2. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final Pattern RENDERER = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final Scene scene;
    private final FrameSet frames;
    private final OutputPattern outputPattern;
    private final RenderSettings settings;
    private final int priority;
    private final Map<String, String> requires;
    private final Set<JobId> after;
    private final Set<JobId> afterFrames;
    private final int maxRunning;
    private final @Nullable String name;
    private final @Nullable Path outputFolder;
    private final @Nullable Integer batchSize;
    private final @Nullable Duration batchTimeout;
    private final @Nullable Duration deadline;
    private final @Nullable SubmissionKey key;
    private final @Nullable String owner;
    private final @Nullable String renderer;
    private final ScenePolicy scenePolicy;
    private final boolean inOrder;
    private final @Nullable Duration expectedFrameTime;
    private final @Nullable String traceparent;

    private RenderRequest(Draft draft) {
        this.scene = draft.scene;
        this.frames = draft.frames;
        this.outputPattern = draft.outputPattern;
        this.settings = draft.settings;
        this.priority = draft.priority;
        this.requires = draft.requires;
        this.after = draft.after;
        this.afterFrames = draft.afterFrames;
        this.maxRunning = draft.maxRunning;
        this.name = draft.name;
        this.outputFolder = draft.outputFolder;
        this.batchSize = draft.batchSize;
        this.batchTimeout = draft.batchTimeout;
        this.deadline = draft.deadline;
        this.key = draft.key;
        this.owner = draft.owner;
        this.renderer = draft.renderer;
        this.scenePolicy = draft.scenePolicy;
        this.inOrder = draft.inOrder;
        this.expectedFrameTime = draft.expectedFrameTime;
        this.traceparent = draft.traceparent;
    }

    /**
     * Begins a request.
     *
     * @param scene what to render
     * @param frames which frames, as {@link FrameSet#parse(String)} reads them
     * @return a request with everything else as usual
     * @throws IllegalArgumentException if the frames are none, too many, or not to be read
     */
    public static RenderRequest of(Scene scene, String frames) {
        return of(scene, FrameSet.parse(frames));
    }

    /**
     * Begins a request.
     *
     * @param scene what to render
     * @param frames which frames, 1 to {@link #MAX_FRAMES}
     * @return a request with everything else as usual
     * @throws IllegalArgumentException if the frames are none or too many
     */
    public static RenderRequest of(Scene scene, FrameSet frames) {
        if (frames.isEmpty() || frames.size() > MAX_FRAMES) {
            throw new IllegalArgumentException(
                    "frames: " + frames.size() + " frames are asked for, 1 to " + MAX_FRAMES + " are allowed in a job");
        }
        return new RenderRequest(new Draft(scene, frames));
    }

    /**
     * Sets the folder in which the frames are published. {@link #outputPattern} names the files in it.
     *
     * @param folder the folder; the executor makes it if it does not exist. By default each job has a folder of its own below the
     *     executor's output root
     * @return a changed copy
     */
    public RenderRequest outputFolder(Path folder) {
        Draft draft = new Draft(this);
        draft.outputFolder = folder;
        return new RenderRequest(draft);
    }

    /**
     * Sets the pattern of the file names, which {@code #} fills with the frame number. {@link #outputFolder} is the folder they are in.
     *
     * @param pattern such as {@code shot_####}, without the extension, which follows from the format; default {@link OutputPattern#DEFAULT}
     * @return a changed copy
     * @throws IllegalArgumentException if the pattern is absolute or leaves its root
     */
    public RenderRequest outputPattern(String pattern) {
        Draft draft = new Draft(this);
        draft.outputPattern = new OutputPattern(pattern);
        return new RenderRequest(draft);
    }

    /**
     * Sets what an artist may set.
     *
     * @param values the settings; default {@link RenderSettings#SCENE_DEFAULTS}
     * @return a changed copy
     */
    public RenderRequest settings(RenderSettings values) {
        Draft draft = new Draft(this);
        draft.settings = values;
        return new RenderRequest(draft);
    }

    /**
     * Sets the name of the job, for people. The id of the job begins with it.
     *
     * @param text 1 to 128 printable characters
     * @return a changed copy
     * @throws IllegalArgumentException if it is empty, too long, or has control characters
     */
    public RenderRequest name(String text) {
        if (text.isBlank() || text.length() > MAX_NAME || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("name must have 1 to " + MAX_NAME + " printable characters");
        }
        Draft draft = new Draft(this);
        draft.name = text;
        return new RenderRequest(draft);
    }

    /**
     * Sets how urgent the job is. A free slot goes to the job with the highest priority that its node may serve; among equals, by
     * fair shares between {@linkplain #owner owners} and between the jobs of one owner ({@link io.renderfleet.core.policy.SharePolicy}).
     *
     * @param value −1,000 to 1,000; higher goes first; default 0
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderRequest priority(int value) {
        requireRange("priority", value, -1_000, 1_000);
        Draft draft = new Draft(this);
        draft.priority = value;
        return new RenderRequest(draft);
    }

    /**
     * Sets how many frames go to a node together. The executor's splitter is then not asked.
     *
     * @param size 1 to 10,000
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderRequest batchSize(int size) {
        requireRange("batchSize", size, 1, 10_000);
        Draft draft = new Draft(this);
        draft.batchSize = size;
        return new RenderRequest(draft);
    }

    /**
     * Has batches cut to what is measured of frames and nodes, as {@code BatchSplitters.adaptive()} does. The executor's splitter is then not
     * asked.
     *
     * @return a changed copy
     */
    public RenderRequest adaptiveBatches() {
        Draft draft = new Draft(this);
        draft.batchSize = ADAPTIVE;
        return new RenderRequest(draft);
    }

    /**
     * Sets whether frames go out in the order of {@link #frames()} only. Otherwise adaptive batches let the last and the middle frame go ahead
     * where frames are asked for upwards, since what they take tells how long the job will take. Frames that are rendered again, and those
     * that one of several nodes is sooner done with, come in another order all the same.
     *
     * @param value true to keep the order; default false
     * @return a changed copy
     */
    public RenderRequest inOrder(boolean value) {
        Draft draft = new Draft(this);
        draft.inOrder = value;
        return new RenderRequest(draft);
    }

    /**
     * Says what a frame will take, so that batches and forecasts are right before the first frame is done. What is measured outweighs it after
     * some frames.
     *
     * @param time on an average node of the farm, 1 millisecond to 366 days; default unknown
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderRequest expectedFrameTime(Duration time) {
        if (time.compareTo(LEAST_FRAME_TIME) < 0 || time.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("expectedSeconds is " + time.toNanos() / 1e9
                    + ": it must be from 0.001 to " + MAX_TIMEOUT.toSeconds());
        }
        Draft draft = new Draft(this);
        draft.expectedFrameTime = time;
        return new RenderRequest(draft);
    }

    /**
     * Sets the trace of which rendering the job is a part. Nodes hear of it with each batch, with a parent id of that attempt's own, and show its
     * id in their logs.
     *
     * @param context as the header {@code traceparent} of W3C Trace Context has it; default none
     * @return a changed copy
     * @throws IllegalArgumentException if it is none
     */
    public RenderRequest traceparent(String context) {
        if (!TRACEPARENT.matcher(context).matches()) {
            throw new IllegalArgumentException("traceparent is '" + context.replaceAll("\\p{Cntrl}", "?")
                    + "': it must be like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        }
        Draft draft = new Draft(this);
        draft.traceparent = context;
        return new RenderRequest(draft);
    }

    /**
     * Sets the labels that a node must have to get frames of this job.
     *
     * @param labels names and values, at most 32; default none
     * @return a changed copy
     * @throws IllegalArgumentException if there are too many, or one is empty or longer than 128 characters
     */
    public RenderRequest requires(Map<String, String> labels) {
        if (labels.size() > 32) {
            throw new IllegalArgumentException("requires has " + labels.size() + " labels: at most 32 are allowed");
        }
        labels.forEach((key, value) -> {
            if (key.isBlank() || key.length() > MAX_NAME || value.length() > MAX_NAME) {
                throw new IllegalArgumentException(
                        "requires: a label has a name and a value of at most 128 characters");
            }
        });
        Draft draft = new Draft(this);
        draft.requires = Map.copyOf(labels);
        return new RenderRequest(draft);
    }

    /**
     * Sets the jobs that must complete before this one begins. If one of them ends otherwise, this one fails.
     *
     * @param jobs their ids, at most 100; default none
     * @return a changed copy
     * @throws IllegalArgumentException if there are too many
     */
    public RenderRequest after(Set<JobId> jobs) {
        Draft draft = new Draft(this);
        draft.after = requireFew("after", jobs);
        return new RenderRequest(draft);
    }

    /**
     * Sets the jobs that this one follows frame by frame: a frame begins once the same frame of each of those jobs is accepted. It does not
     * wait for a job that does not have that frame.
     *
     * @param jobs their ids, at most 100; default none
     * @return a changed copy
     * @throws IllegalArgumentException if there are too many
     */
    public RenderRequest afterFrames(Set<JobId> jobs) {
        Draft draft = new Draft(this);
        draft.afterFrames = requireFew("afterFrames", jobs);
        return new RenderRequest(draft);
    }

    /**
     * Sets how many batches of the job may run at once. A lower limit leaves slots to other jobs, whatever their priority.
     *
     * @param batches 1 to 1,000,000; default as many as there are slots
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderRequest maxRunning(int batches) {
        requireRange("maxRunning", batches, 1, 1_000_000);
        Draft draft = new Draft(this);
        draft.maxRunning = batches;
        return new RenderRequest(draft);
    }

    /**
     * Sets how long a batch may take from the moment its node begins to render. A batch that takes longer is stopped, and what is missing
     * of it is tried again, as the executor's retry policy says.
     *
     * @param time 1 second to 366 days; default the executor's
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderRequest batchTimeout(Duration time) {
        Draft draft = new Draft(this);
        draft.batchTimeout = requireTime("timeoutSeconds", time);
        return new RenderRequest(draft);
    }

    /**
     * Sets how long the whole job may take from its submission. A job that takes longer fails; its accepted frames stay.
     *
     * @param time 1 second to 366 days; default the executor's
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderRequest deadline(Duration time) {
        Draft draft = new Draft(this);
        draft.deadline = requireTime("deadlineSeconds", time);
        return new RenderRequest(draft);
    }

    /**
     * Makes the submission repeatable: the same request under the same key is the same job.
     *
     * @param value the submitter's key; default none, so that each submission is a job of its own
     * @return a changed copy
     */
    public RenderRequest key(SubmissionKey value) {
        Draft draft = new Draft(this);
        draft.key = value;
        return new RenderRequest(draft);
    }

    /**
     * Sets whose job it is. Servers on which not everybody may change every job ask for it.
     *
     * @param who 1 to 128 printable characters; default nobody's
     * @return a changed copy
     * @throws IllegalArgumentException if it is empty, too long, or has control characters
     */
    public RenderRequest owner(String who) {
        if (who.isBlank() || who.length() > MAX_NAME || who.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("owner must have 1 to " + MAX_NAME + " printable characters");
        }
        Draft draft = new Draft(this);
        draft.owner = who;
        return new RenderRequest(draft);
    }

    /**
     * Sets the engine that renders the job, by a name that {@code GET /node} lists. Only nodes that have the engine get frames of the job;
     * a node that does not list its engines is assumed to have it.
     *
     * @param engine such as {@code blender}, {@code command} or {@code test-pattern}; default the executor's
     * @return a changed copy
     * @throws IllegalArgumentException if it is not 1 to 64 letters, digits, dots, hyphens and underscores
     */
    public RenderRequest renderer(String engine) {
        if (!RENDERER.matcher(engine).matches()) {
            throw new IllegalArgumentException(
                    "renderer must be the name of an engine, such as blender: 1 to 64 letters, digits, '.', '-' and '_'");
        }
        Draft draft = new Draft(this);
        draft.renderer = engine;
        return new RenderRequest(draft);
    }

    /**
     * Sets what to do where the scene cannot be rendered just as it was saved.
     *
     * @param policy what to do; default {@link ScenePolicy#DEFAULT}
     * @return a changed copy
     */
    public RenderRequest scenePolicy(ScenePolicy policy) {
        Draft draft = new Draft(this);
        draft.scenePolicy = policy;
        return new RenderRequest(draft);
    }

    /**
     * Replaces the scene, for example by the same one with its digest.
     *
     * @param other what to render
     * @return a changed copy
     */
    public RenderRequest scene(Scene other) {
        Draft draft = new Draft(this);
        draft.scene = other;
        return new RenderRequest(draft);
    }

    /**
     * Returns the scene.
     *
     * @return the scene
     */
    public Scene scene() {
        return scene;
    }

    /**
     * Returns the frames to render.
     *
     * @return at least one, in order
     */
    public FrameSet frames() {
        return frames;
    }

    /**
     * Returns the pattern of the file names.
     *
     * @return the pattern
     */
    public OutputPattern outputPattern() {
        return outputPattern;
    }

    /**
     * Returns the settings.
     *
     * @return the settings
     */
    public RenderSettings settings() {
        return settings;
    }

    /**
     * Returns how urgent the job is.
     *
     * @return −1,000 to 1,000
     */
    public int priority() {
        return priority;
    }

    /**
     * Returns the labels that a node must have.
     *
     * @return an unmodifiable map
     */
    public Map<String, String> requires() {
        return requires;
    }

    /**
     * Returns the jobs that must complete before this one begins.
     *
     * @return an unmodifiable set
     */
    public Set<JobId> after() {
        return after;
    }

    /**
     * Returns the jobs that this one follows frame by frame.
     *
     * @return an unmodifiable set
     */
    public Set<JobId> afterFrames() {
        return afterFrames;
    }

    /**
     * Returns how many batches of the job may run at once.
     *
     * @return 1 to 1,000,000
     */
    public int maxRunning() {
        return maxRunning;
    }

    /**
     * Returns the name of the job.
     *
     * @return the name if it has one
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * Returns the folder in which the frames are published.
     *
     * @return the folder if one was set
     */
    public Optional<Path> outputFolder() {
        return Optional.ofNullable(outputFolder);
    }

    /**
     * Returns how long a batch may take.
     *
     * @return the time if one was set
     */
    public Optional<Duration> batchTimeout() {
        return Optional.ofNullable(batchTimeout);
    }

    /**
     * Returns how long the job may take.
     *
     * @return the time if one was set
     */
    public Optional<Duration> deadline() {
        return Optional.ofNullable(deadline);
    }

    /**
     * Returns the key under which the request is submitted.
     *
     * @return the key if it has one
     */
    public Optional<SubmissionKey> key() {
        return Optional.ofNullable(key);
    }

    /**
     * Returns the owner of the job.
     *
     * @return the owner if it has one
     */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }

    /**
     * Returns the name of the engine that renders the job.
     *
     * @return the engine's name if one was set
     */
    public Optional<String> renderer() {
        return Optional.ofNullable(renderer);
    }

    /**
     * Returns what to do where the scene cannot be rendered just as it was saved.
     *
     * @return the policy
     */
    public ScenePolicy scenePolicy() {
        return scenePolicy;
    }

    /**
     * Returns how many frames go to a node together.
     *
     * @return the size if one was set
     */
    public OptionalInt batchSize() {
        return batchSize == null || batchSize == ADAPTIVE ? OptionalInt.empty() : OptionalInt.of(batchSize);
    }

    /**
     * Returns whether batches are cut to what is measured, whatever the executor's splitter is.
     *
     * @return false unless {@link #adaptiveBatches()} was called after the last {@link #batchSize(int)}
     */
    public boolean hasAdaptiveBatches() {
        return batchSize != null && batchSize == ADAPTIVE;
    }

    /**
     * Returns whether frames go out in the order of {@link #frames()} only.
     *
     * @return false by default
     */
    public boolean inOrder() {
        return inOrder;
    }

    /**
     * Returns the trace of which rendering the job is a part.
     *
     * @return the header of W3C Trace Context if one was set
     */
    public Optional<String> traceparent() {
        return Optional.ofNullable(traceparent);
    }

    /**
     * Returns what a frame will take on an average node, as far as the submitter knows.
     *
     * @return the time if one was set
     */
    public Optional<Duration> expectedFrameTime() {
        return Optional.ofNullable(expectedFrameTime);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RenderRequest that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    private List<@Nullable Object> values() {
        return Arrays.asList(
                scene,
                frames,
                outputPattern,
                settings,
                priority,
                requires,
                after,
                afterFrames,
                maxRunning,
                key,
                name,
                outputFolder,
                batchSize,
                batchTimeout,
                deadline,
                owner,
                renderer,
                scenePolicy,
                inOrder,
                expectedFrameTime,
                traceparent);
    }

    @Override
    public String toString() {
        return "RenderRequest[" + name().orElse("unnamed") + ", frames " + frames + ", " + scene + "]";
    }

    private static Set<JobId> requireFew(String field, Set<JobId> jobs) {
        if (jobs.size() > 100) {
            throw new IllegalArgumentException(field + " names " + jobs.size() + " jobs: at most 100 are allowed");
        }
        return Set.copyOf(jobs);
    }

    private static void requireRange(String field, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(field + " is " + value + ": it must be from " + low + " to " + high);
        }
    }

    private static Duration requireTime(String field, Duration time) {
        if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    field + " is " + time.toSeconds() + " s: it must be from 1 to " + MAX_TIMEOUT.toSeconds() + " s");
        }
        return time;
    }

    /** The values of a request while it is being changed. */
    private static final class Draft {
        private Scene scene;
        private final FrameSet frames;
        private OutputPattern outputPattern = OutputPattern.DEFAULT;
        private RenderSettings settings = RenderSettings.SCENE_DEFAULTS;
        private int priority;
        private Map<String, String> requires = Map.of();
        private Set<JobId> after = Set.of();
        private Set<JobId> afterFrames = Set.of();
        private int maxRunning = 1_000_000;
        private @Nullable String name;
        private @Nullable Path outputFolder;
        private @Nullable Integer batchSize;
        private @Nullable Duration batchTimeout;
        private @Nullable Duration deadline;
        private @Nullable SubmissionKey key;
        private @Nullable String owner;
        private @Nullable String renderer;
        private ScenePolicy scenePolicy = ScenePolicy.DEFAULT;
        private boolean inOrder;
        private @Nullable Duration expectedFrameTime;
        private @Nullable String traceparent;

        private Draft(Scene scene, FrameSet frames) {
            this.scene = scene;
            this.frames = frames;
        }

        private Draft(RenderRequest from) {
            this(from.scene, from.frames);
            this.outputPattern = from.outputPattern;
            this.settings = from.settings;
            this.priority = from.priority;
            this.requires = from.requires;
            this.after = from.after;
            this.afterFrames = from.afterFrames;
            this.maxRunning = from.maxRunning;
            this.name = from.name;
            this.outputFolder = from.outputFolder;
            this.batchSize = from.batchSize;
            this.batchTimeout = from.batchTimeout;
            this.deadline = from.deadline;
            this.key = from.key;
            this.owner = from.owner;
            this.renderer = from.renderer;
            this.scenePolicy = from.scenePolicy;
            this.inOrder = from.inOrder;
            this.expectedFrameTime = from.expectedFrameTime;
            this.traceparent = from.traceparent;
        }
    }
}
