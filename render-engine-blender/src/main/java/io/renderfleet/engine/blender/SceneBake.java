package io.renderfleet.engine.blender;

import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens the scene of a task, and bakes its simulations first where the task asks for that: once, before the first frame, for this run and
 * for other nodes.
 *
 * <p>What cannot be baked is stepped through instead, with a warning: no job fails for it. Used by one thread.
 */
final class SceneBake {
    private static final String FOLDER = "baked";
    private static final String ZIP = "baked.zip";

    private final SessionSource sessions;
    private final RenderTask task;
    private final Listener listener;
    private final @Nullable ScenePackage sent;
    private RenderTask current;
    private boolean isSettled;
    private boolean isBaked;

    SceneBake(SessionSource sessions, RenderTask task, Listener listener) {
        this.sessions = sessions;
        this.task = task;
        this.listener = listener;
        Path scene = task.scene();
        boolean wanted = task.scenePolicy().simulation() == Simulation.BAKE;
        this.sent = wanted && scene != null ? ScenePackage.of(scene).orElse(null) : null;
        this.current = wanted && sent == null ? stepping() : task;
        this.isSettled = !wanted;
    }

    /** Where the scene of a task is baked, if it is. */
    static Path folder(RenderTask task) {
        return task.workFolder().resolve(FOLDER);
    }

    /** The folders of a task that its sessions write to, beside their own; there before a session starts. */
    static List<Path> folders(RenderTask task) {
        if (task.scenePolicy().simulation() != Simulation.BAKE) {
            return List.of();
        }
        try {
            return List.of(Files.createDirectories(folder(task)));
        } catch (IOException e) {
            return List.of(); // the bake says so when it needs it, and the frames are stepped to
        }
    }

    /** What sessions load: the task, or the same with the scene that was baked for it. */
    RenderTask task() {
        return current;
    }

    /** Whether sessions load a scene that is gone once the run is over. */
    boolean isBaked() {
        return isBaked;
    }

    /**
     * Gives a session that has loaded what is to be rendered.
     *
     * @param started takes each session as soon as there is one, before it is waited for
     */
    SessionSource.Opening open(Consumer<Session> started) throws InterruptedException {
        SessionSource.Opening opening = sessions.open(current, listener, started);
        Session session = opening.session();
        if (session == null) {
            return opening;
        }
        listener.learned();
        if (isSettled || !session.facts().isSimulated()) {
            return opening;
        }
        isSettled = true;
        if (sent == null) {
            warn("It is not baked for other nodes: only a scene that was sent can be, and this one was named.");
            return opening;
        }
        String problem = bake(sent, session);
        if (problem == null || listener.isStopped()) {
            return opening;
        }
        isBaked = false;
        current = stepping();
        warn("It could not be baked: " + problem);
        // What has gone wrong may have left its marks on that Blender.
        session.end();
        return sessions.open(current, listener, started);
    }

    /** Bakes the scene that a session has loaded, and lets the session load the baked one. Returns why that was not possible, or null. */
    private @Nullable String bake(ScenePackage scene, Session session) throws InterruptedException {
        try {
            ScenePackage own = scene.copyInto(folder(task));
            current = with(own.scene(), Simulation.RUN_UP);
            isBaked = true;
            Reply baked = session.bake(SessionSource.key(current), listener);
            if (!(baked instanceof Reply.Done done)) {
                return why(session, baked);
            }
            Reply loaded = session.load(SessionSource.key(current), listener);
            if (!(loaded instanceof Reply.Done)) {
                return why(session, loaded);
            }
            if (session.facts().isSimulated()) {
                return "what was baked was not saved with the scene, as happens to objects of libraries.";
            }
            warn(session.log().shown(done.event().text("names"))
                    + ": this node has baked it for all, and renders the baked scene.");
            handOut(own);
            return null;
        } catch (IOException e) {
            return "its files could not be written: " + e.getMessage();
        }
    }

    private static String why(Session session, Reply reply) {
        if (reply instanceof Reply.Refused refused) {
            return session.log().shown(refused.error().text("message"));
        }
        return reply instanceof Reply.Exited exited
                ? "Blender ended with exit code " + exited.code() + "."
                : "Blender gave no sign of life.";
    }

    private void handOut(ScenePackage baked) {
        Path zip = task.workFolder().resolve(ZIP);
        try {
            if (baked.zip(zip, listener::isStopped)) {
                listener.accept(new EngineEvent.SceneBaked(zip, baked.entry()));
            }
        } catch (IOException e) {
            warn("The baked scene could not be packed for other nodes: " + e.getMessage());
        }
    }

    private void warn(String message) {
        listener.accept(new EngineEvent.Warned(RenderWarning.of("simulation", message)));
    }

    private RenderTask stepping() {
        return with(task.scene(), Simulation.RUN_UP);
    }

    private RenderTask with(@Nullable Path scene, Simulation simulation) {
        return task.withScene(scene, task.scenePolicy().withSimulation(simulation));
    }
}
