package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.LogEstimate;
import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreException;
import io.renderfleet.core.spi.StoredValues;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the farm has learned: how fast its nodes are, and what frames of a scene took in earlier jobs. Kept beside the jobs, so that a restart
 * does not forget it; what cannot be kept is learned anew. Belongs to the loop.
 *
 * <p>An earlier job tells of a later one with the same settings and renderer if both have the same scene by its content, or have one owner and
 * one name, as the versions of a shot have.
 */
final class Experience {
    private static final Logger log = LoggerFactory.getLogger(Experience.class);
    private static final int MOST_SCENES = 1_000;
    private static final int LONGEST_ADDRESS = StoredValues.MAX_NAME;

    /** News that are worth a write: a fifth more or less. */
    private static final double NEWS = 0.2;

    /** A first guess is good enough for shorter frames. */
    private static final double WORTH_KEEPING_SECONDS = 0.1;

    private static final int ENOUGH_FRAMES = 3;

    private final Map<String, LogEstimate> speeds = new HashMap<>();
    private final Map<String, Double> frames = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable StoredValues keptSpeeds;
    private @Nullable StoredValues keptFrames;

    /** Takes up what a store has kept. Called before the loop runs. */
    void open(JobStore store) {
        keptSpeeds = store.values("node-speeds");
        keptFrames = store.values("frame-times");
        read(
                keptSpeeds,
                kept -> kept.forEach((address, text) -> {
                    String[] parts = text.split(" ", 2);
                    speeds.put(address, new LogEstimate(Double.parseDouble(parts[0]), Double.parseDouble(parts[1])));
                }));
        read(keptFrames, kept -> kept.forEach((key, text) -> frames.put(key, Double.valueOf(text))));
    }

    private static void read(StoredValues values, Consumer<Map<String, String>> taker) {
        try {
            taker.accept(values.all().toCompletableFuture().join());
        } catch (CompletionException | StoreException | IllegalArgumentException | IndexOutOfBoundsException e) {
            log.warn("what was learned of nodes and scenes cannot be read, and is learned anew: {}", e.toString());
        }
    }

    /** How fast the node at an address was when it was last here; null if nobody knows. */
    @Nullable LogEstimate speed(URI address) {
        return speeds.get(address.toString());
    }

    /** What a frame of a job will take on a node of speed 1: as the request says, else as earlier jobs say; null if neither does. */
    @Nullable Duration frameTime(RenderRequest request) {
        if (request.expectedFrameTime().isPresent()) {
            return request.expectedFrameTime().get();
        }
        for (String key : keys(request)) {
            Double seconds = frames.get(key);
            if (seconds != null) {
                return Duration.ofNanos(Math.max(1, (long) (seconds * 1e9)));
            }
        }
        return null;
    }

    /** A node has rendered another frame. */
    void measured(NodeEntry node) {
        String address = node.target().address().toString();
        LogEstimate now = node.speed().estimate();
        LogEstimate kept = speeds.get(address);
        boolean news = kept == null || Math.abs(kept.mean() - now.mean()) > NEWS;
        if (news && node.speed().frames() >= ENOUGH_FRAMES && address.length() <= LONGEST_ADDRESS) {
            speeds.put(address, now);
            keep(keptSpeeds, address, now.mean() + " " + now.variance());
        }
    }

    /** A job has ended. */
    void ended(ActiveJob job) {
        double seconds = job.pace.secondsPerFrame();
        if (job.pace.measuredFrames() == 0 || seconds < WORTH_KEEPING_SECONDS) {
            return;
        }
        for (String key : keys(job.ledger.request())) {
            Double before = frames.put(key, seconds);
            if (before == null || Math.abs(Math.log(seconds / before)) > NEWS) {
                keep(keptFrames, key, Double.toString(seconds));
            }
        }
        Iterator<String> eldest = frames.keySet().iterator();
        while (frames.size() > MOST_SCENES) {
            String gone = eldest.next();
            eldest.remove();
            if (keptFrames != null) {
                heard(keptFrames.remove(gone));
            }
        }
    }

    private static void keep(@Nullable StoredValues values, String name, String value) {
        if (values != null) {
            heard(values.put(name, value));
        }
    }

    private static void heard(CompletionStage<Void> stage) {
        var unused = stage.exceptionally(problem -> {
            log.debug("what was learned is not kept: {}", problem.toString());
            return null;
        });
    }

    /** Under what a job's frame time is kept, the surest first. */
    private static List<String> keys(RenderRequest request) {
        List<String> keys = new ArrayList<>();
        String how = request.settings() + "\n" + request.renderer().orElse("");
        String scene = content(request.scene());
        if (scene != null) {
            keys.add(digest("scene\n" + scene + "\n" + how));
        }
        request.name()
                .ifPresent(name -> keys.add(digest("name\n" + request.owner().orElse("") + "\n" + name + "\n" + how)));
        return keys;
    }

    /** What stands for the content of a scene; null where nothing here does. */
    private static @Nullable String content(Scene scene) {
        if (scene instanceof Scene.Local local) {
            Sha256 digest = local.sha256();
            return digest == null ? null : digest + "\n" + local.entry();
        }
        return scene instanceof Scene.OnNodes onNodes ? onNodes.name() : null;
    }

    private static String digest(String text) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return Sha256.of(digest).hex();
    }
}
