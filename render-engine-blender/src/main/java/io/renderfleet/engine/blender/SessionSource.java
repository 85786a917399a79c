package io.renderfleet.engine.blender;

import io.renderfleet.core.local.SceneFolder;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where runs get a Blender that has their scene loaded, and where they leave it afterwards. Thread-safe. */
final class SessionSource implements AutoCloseable {
    private static final int TRIES = 2;

    private final BlenderConfig config;
    private final SessionPool pool;

    /**
     * What came of asking for a session.
     *
     * @param session one that has the scene loaded, or null where it could not be had or nobody wants it any more
     * @param failure why it could not be had, or null
     */
    record Opening(@Nullable Session session, @Nullable Failure failure) {}

    SessionSource(BlenderConfig config) {
        this.config = config;
        this.pool = new SessionPool(config);
    }

    /**
     * Takes a warm session over, or starts one and loads the scene.
     *
     * @param task what is to be rendered
     * @param listener hears what Blender says
     * @param started takes each session as soon as there is one, before it is waited for
     */
    Opening open(RenderTask task, Listener listener, Consumer<Session> started) throws InterruptedException {
        SessionKey key;
        try {
            key = key(task);
        } catch (IOException e) {
            return new Opening(null, Failure.of(FailureKind.SCENE_NOT_HERE, "The scene is not on this node."));
        }
        Session warm = takeWarm(key, listener, started);
        if (warm != null) {
            return new Opening(warm, null);
        }
        pool.makeRoom();
        List<Path> writable = SceneBake.folders(task);
        Opening opening = load(key, writable, listener, started);
        for (int tries = 1; tries < TRIES && isWorthAnotherTry(opening.failure()); tries++) {
            opening = load(key, writable, listener, started);
        }
        return opening;
    }

    /** Asks a scene which files it needs, in a process of its own. */
    SceneFiles files(Path scene, Listener listener) throws InterruptedException {
        Session session;
        try {
            session = Session.start(config, 0, List.of(scene, SceneFolder.of(scene)), List.of());
        } catch (IOException e) {
            return new SceneFiles.Unknown(Diagnosis.ofStart(config.program().get(0), e));
        }
        try {
            Reply ready = session.awaitReady(listener);
            if (!(ready instanceof Reply.Done)) {
                return new SceneFiles.Unknown(session.diagnoseStart(ready));
            }
            Reply listed = session.list(scene, listener);
            return listed instanceof Reply.Done
                    ? session.listed()
                    : new SceneFiles.Unknown(session.diagnose(listed, null));
        } finally {
            session.end();
        }
    }

    private @Nullable Session takeWarm(SessionKey key, Listener listener, Consumer<Session> started)
            throws InterruptedException {
        Session warm = pool.take(key);
        if (warm == null) {
            return null;
        }
        started.accept(warm);
        if (warm.isFresh(listener)) {
            warm.repeatSceneWarnings(listener);
            return warm;
        }
        warm.end();
        return null;
    }

    private Opening load(SessionKey key, List<Path> writable, Listener listener, Consumer<Session> started)
            throws InterruptedException {
        if (listener.isStopped()) {
            return new Opening(null, null);
        }
        Integer threads = key.settings().threads();
        Session session;
        try {
            session =
                    Session.start(config, threads == null ? 0 : threads, List.of(key.scene(), key.folder()), writable);
        } catch (IOException e) {
            return new Opening(null, Diagnosis.ofStart(config.program().get(0), e));
        }
        started.accept(session);
        Reply ready = session.awaitReady(listener);
        Reply loaded = ready instanceof Reply.Done ? session.load(key, listener) : ready;
        if (loaded instanceof Reply.Done) {
            return new Opening(session, null);
        }
        if (loaded instanceof Reply.Stopped) {
            return new Opening(null, null);
        }
        Failure failure = ready instanceof Reply.Done ? session.diagnose(loaded, null) : session.diagnoseStart(ready);
        session.end();
        return new Opening(null, failure);
    }

    /** A crash while loading may be bad luck; everything else comes again. */
    private static boolean isWorthAnotherTry(@Nullable Failure failure) {
        return failure != null && (failure.kind() == FailureKind.CRASHED || failure.kind() == FailureKind.KILLED);
    }

    /** Takes a session back: a healthy one may wait for the next run, any other ends. */
    void release(Session session, RenderTask task, boolean healthy) {
        if (!healthy) {
            session.end();
            return;
        }
        if (config.mode() == SessionMode.PROCESS || isExhausted(session)) {
            session.quit();
            return;
        }
        try {
            pool.give(key(task), session);
        } catch (IOException e) {
            session.quit();
        }
    }

    /** Whether a session holds more memory than it should. */
    boolean isHeavy(Session session) {
        return session.residentBytes() > config.memoryLimit();
    }

    /** Whether a session should not render another frame. */
    boolean isExhausted(Session session) {
        return session.frames() >= config.maxFrames() || (isHeavy(session) && !session.keepsGeometry());
    }

    /** What a session that renders a task has loaded. */
    static SessionKey key(RenderTask task) throws IOException {
        Path scene = task.scene();
        if (scene == null) {
            throw new IOException("no scene");
        }
        // How files are kept and how frames are rendered one after the other makes no other session of it.
        RenderSettings settings =
                task.settings().toBuilder().overwrite(null).persistentData(null).build();
        ScenePolicy policy = task.scenePolicy();
        if (policy.simulation() == Simulation.AUTO) {
            policy = policy.withSimulation(Simulation.RUN_UP);
        }
        Path folder = scene.startsWith(SceneBake.folder(task)) ? SceneBake.folder(task) : SceneFolder.of(scene);
        return SessionKey.of(scene, folder, settings, policy);
    }

    @Override
    public void close() {
        pool.close();
    }
}
