package io.renderfleet.core.engine.node;

import io.renderfleet.core.model.Scene;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The scenes that a node has loaded and renders nothing of, as far as the engine can know: those of the batches that ended well on its free
 * slots. A renderer that has waited for five minutes is taken to have gone, as Blender's sessions do by default. Belongs to the loop.
 */
final class LoadedScenes {
    private static final long KEPT = Duration.ofMinutes(5).toNanos();

    private final Deque<Waiting> waiting = new ArrayDeque<>();

    private record Waiting(Scene scene, long sinceNanos) {}

    /** A batch of a scene begins. Whether the scene was loaded. */
    boolean begins(Scene scene, int freeSlots, long nowNanos) {
        expire(nowNanos);
        boolean warm = false;
        for (Iterator<Waiting> all = waiting.descendingIterator(); all.hasNext() && !warm; ) {
            if (all.next().scene().equals(scene)) {
                all.remove();
                warm = true;
            }
        }
        keep(freeSlots);
        return warm;
    }

    /** A batch of a scene has ended well. */
    void ends(Scene scene, int freeSlots, long nowNanos) {
        expire(nowNanos);
        waiting.addLast(new Waiting(scene, nowNanos));
        keep(freeSlots);
    }

    /** The node has been restarted. */
    void clear() {
        waiting.clear();
    }

    boolean has(Scene scene, long nowNanos) {
        for (Waiting each : waiting) {
            if (each.scene().equals(scene) && nowNanos - each.sinceNanos() < KEPT) {
                return true;
            }
        }
        return false;
    }

    /** The last one first. */
    List<Scene> all(long nowNanos) {
        List<Scene> scenes = new ArrayList<>();
        waiting.descendingIterator().forEachRemaining(each -> {
            if (nowNanos - each.sinceNanos() < KEPT) {
                scenes.add(each.scene());
            }
        });
        return scenes;
    }

    private void expire(long nowNanos) {
        waiting.removeIf(each -> nowNanos - each.sinceNanos() >= KEPT);
    }

    private void keep(int most) {
        while (waiting.size() > Math.max(0, most)) {
            waiting.removeFirst();
        }
    }
}
