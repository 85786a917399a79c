package io.renderfleet.node.server.frames;

import io.renderfleet.core.model.Allowance;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.engine.blender.SessionMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One scene of the table. Each method changes the row and returns it, so that a row reads as a line. */
final class Row {
    /** What of a scene's folder is sent. */
    enum Sent {
        /** All of it. */
        FOLDER,
        /** The scene file alone. */
        SCENE_ALONE,
        /** The scene file and the files that the engine names when it is asked what the scene needs. */
        NAMED_FILES
    }

    private final String topic;
    private final String scene;
    private final Map<Series, Expectation> expectations = new LinkedHashMap<>();
    private final Map<Series, String> pending = new LinkedHashMap<>();
    private FrameSet frames = FrameSet.range(1, 4);
    private Sent sent = Sent.FOLDER;
    private RenderSettings settings = RenderSettings.SCENE_DEFAULTS;
    private List<String> bareArguments = List.of();
    private ScenePolicy policy = ScenePolicy.DEFAULT;
    private String file = "scene.blend";
    private boolean trusted;
    private @Nullable Series until;
    private @Nullable Run inVerify;

    private Row(String topic, String scene, Expectation expectation) {
        this.topic = topic;
        this.scene = scene;
        expectations.put(new Series(0, 0), expectation);
    }

    static Row equal(String topic, String scene) {
        return new Row(topic, scene, new Expectation.Equal());
    }

    static Row fails(String topic, String scene, FailureKind kind, String word) {
        return new Row(topic, scene, new Expectation.Fails(kind, word));
    }

    static Row warns(String topic, String scene, String kind, String word) {
        return new Row(topic, scene, new Expectation.Warns(kind, word));
    }

    /** Which frames; 1-4 unless this says otherwise. */
    Row frames(String text) {
        frames = FrameSet.parse(text);
        return this;
    }

    Row sent(Sent value) {
        sent = value;
        return this;
    }

    Row settings(RenderSettings value, String... bare) {
        settings = value;
        bareArguments = List.of(bare);
        return this;
    }

    /** What the request allows to be done with the scene. */
    Row policy(Simulation simulation, MissingFiles missing, Allowance... allow) {
        policy = new ScenePolicy(simulation, missing, Set.of(allow));
        return this;
    }

    Row allow(Allowance... allow) {
        return policy(Simulation.AUTO, MissingFiles.FAIL, allow);
    }

    /** How the scene's file is called; {@code scene.blend} unless this says otherwise. */
    Row file(String name) {
        file = name;
        return this;
    }

    /** The nodes trust the scene's scripts. */
    Row trusted() {
        trusted = true;
        return this;
    }

    /** Only from this version of Blender on. */
    Row since(String version) {
        Expectation expected = expectations.remove(new Series(0, 0));
        expectations.put(Series.parse(version), Objects.requireNonNull(expected));
        return this;
    }

    /** Only in versions below this one. */
    Row until(String version) {
        until = Series.parse(version);
        return this;
    }

    /** From this version of Blender on, something else is expected. */
    Row but(String version, Expectation expectation) {
        expectations.put(Series.parse(version), expectation);
        return this;
    }

    /** The row belongs to the few that every build renders, in this way. */
    Row inVerify(SessionMode mode, int batch) {
        inVerify = new Run(mode, batch);
        return this;
    }

    /** The row does not hold yet, from this version on; the test fails as soon as it does, so that this mark goes. */
    Row pending(String version, String why) {
        pending.put(Series.parse(version), why);
        return this;
    }

    Row pending(String why) {
        return pending("0.0", why);
    }

    String topic() {
        return topic;
    }

    String scene() {
        return scene;
    }

    FrameSet frames() {
        return frames;
    }

    Sent sent() {
        return sent;
    }

    RenderSettings settings() {
        return settings;
    }

    List<String> bareArguments() {
        return bareArguments;
    }

    ScenePolicy policy() {
        return policy;
    }

    String file() {
        return file;
    }

    boolean isTrusted() {
        return trusted;
    }

    Optional<Run> inVerify() {
        return Optional.ofNullable(inVerify);
    }

    /** What is expected of a Blender; empty where the scene does not exist for it. */
    Optional<Expectation> expectation(Series series) {
        return until != null && series.compareTo(until) >= 0 ? Optional.empty() : latest(expectations, series);
    }

    Optional<String> pending(Series series) {
        return latest(pending, series).filter(why -> !why.isEmpty());
    }

    private static <T> Optional<T> latest(Map<Series, T> values, Series series) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().compareTo(series) <= 0)
                .max(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(topic + "/" + scene);
        if (sent != Sent.FOLDER) {
            text.append(", ").append(sent.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        if (policy.simulation() != Simulation.AUTO) {
            text.append(", ").append(policy.simulation().wireName());
        }
        if (policy.missing() == MissingFiles.WARN) {
            text.append(", missing files only warn");
        }
        policy.allowWords().forEach(word -> text.append(", ").append(word).append(" allowed"));
        if (settings.format() != null) {
            text.append(", as ").append(settings.format());
        }
        if (trusted) {
            text.append(", trusted");
        }
        return text.toString();
    }
}
