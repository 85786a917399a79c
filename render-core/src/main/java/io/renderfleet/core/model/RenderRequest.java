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
 * What an application asks for: frames of a scene, and how.
 *
 * <p>Immutable, and equal to another one that asks for the same; each method gives a changed copy:
 *
 * <pre>{@code
 * RenderRequest.of(Scene.local(Path.of("shot.blend")), "1-20").outputFolder(Path.of("frames")).priority(5)
 * }</pre>
 */
public final class RenderRequest {

    /** How many frames one job may have. */
    public static final int MAX_FRAMES = 1_000_000;

    /** The longest time that can be asked for: a year. */
    public static final Duration MAX_TIMEOUT = Duration.ofDays(366);

    private static final int MAX_NAME = 128;
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
     * Sets where the frames are published; {@link #outputPattern} says how their files are called.
     *
     * @param folder made if it is not there; default one of the job's own below the executor's output root
     * @return a changed copy
     */
    public RenderRequest outputFolder(Path folder) {
        Draft draft = new Draft(this);
        draft.outputFolder = folder;
        return new RenderRequest(draft);
    }

    /**
     * Sets how the files are called; {@link #outputFolder} says where they are.
     *
     * @param pattern such as {@code shot_####}, without the extension, which comes from the format; default {@link
     *     OutputPattern#DEFAULT}
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
     * Names the job for people; it also begins the job's id.
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
     * Sets how urgent the job is.
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
     * Sets how many frames go to a node together, in place of the executor's splitter.
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
     * Sets which labels a node must have.
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
     * Sets which jobs must have completed before this one begins.
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
     * Sets jobs whose frames this one's frames wait for: each frame begins once the same frame of those jobs is accepted. A frame that one
     * of them does not have is not waited for.
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
     * Sets how many batches of the job may run at once, so that it leaves room for others.
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
     * Sets how long a batch may take once rendering has begun.
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
     * Sets how long the whole job may take from its submission.
     *
     * @param time 1 second to 366 days; default the executor's
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public RenderRequest deadline(Duration time) {
        Draft draft = new Draft(this);
        draft.deadline = requireTime("deadline", time);
        return new RenderRequest(draft);
    }

    /**
     * Makes the submission repeatable.
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
     * Says whose job it is, for servers on which not everybody may change every job.
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
     * Sets what renders the job: the name of an engine, as {@code GET /node} lists them. Only nodes that have it get work; one that does
     * not say what it has is taken at its word.
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
     * Puts another scene in place, such as the same one with its digest.
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
     * Says what to render.
     *
     * @return the scene
     */
    public Scene scene() {
        return scene;
    }

    /**
     * Says which frames.
     *
     * @return at least one, in order
     */
    public FrameSet frames() {
        return frames;
    }

    /**
     * Says how the files are called.
     *
     * @return the pattern
     */
    public OutputPattern outputPattern() {
        return outputPattern;
    }

    /**
     * Says what is set.
     *
     * @return the settings
     */
    public RenderSettings settings() {
        return settings;
    }

    /**
     * Says how urgent the job is.
     *
     * @return −1,000 to 1,000
     */
    public int priority() {
        return priority;
    }

    /**
     * Says which labels a node must have.
     *
     * @return an unmodifiable map
     */
    public Map<String, String> requires() {
        return requires;
    }

    /**
     * Says which jobs must have completed before.
     *
     * @return an unmodifiable set
     */
    public Set<JobId> after() {
        return after;
    }

    /**
     * Says which jobs' frames are waited for, each by the same frame.
     *
     * @return an unmodifiable set
     */
    public Set<JobId> afterFrames() {
        return afterFrames;
    }

    /**
     * Says how many batches of the job may run at once.
     *
     * @return 1 to 1,000,000
     */
    public int maxRunning() {
        return maxRunning;
    }

    /**
     * Says how people call the job.
     *
     * @return the name if it has one
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * Says where the frames are published.
     *
     * @return the folder if one was set
     */
    public Optional<Path> outputFolder() {
        return Optional.ofNullable(outputFolder);
    }

    /**
     * Says how long a batch may take.
     *
     * @return the time if one was set
     */
    public Optional<Duration> batchTimeout() {
        return Optional.ofNullable(batchTimeout);
    }

    /**
     * Says how long the job may take.
     *
     * @return the time if one was set
     */
    public Optional<Duration> deadline() {
        return Optional.ofNullable(deadline);
    }

    /**
     * Says under which key the request is submitted.
     *
     * @return the key if it has one
     */
    public Optional<SubmissionKey> key() {
        return Optional.ofNullable(key);
    }

    /**
     * Says whose job it is.
     *
     * @return the owner if it has one
     */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }

    /**
     * Says what renders the job.
     *
     * @return the engine's name if one was set
     */
    public Optional<String> renderer() {
        return Optional.ofNullable(renderer);
    }

    /**
     * Says what to do where the scene cannot be rendered just as it was saved.
     *
     * @return the policy
     */
    public ScenePolicy scenePolicy() {
        return scenePolicy;
    }

    /**
     * Says how many frames go to a node together.
     *
     * @return the size if one was set
     */
    public OptionalInt batchSize() {
        return batchSize == null ? OptionalInt.empty() : OptionalInt.of(batchSize);
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
                scenePolicy);
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
        }
    }
}
