package io.renderfleet.node;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.node.scene.SceneStore;
import io.renderfleet.node.time.NodeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what a {@link RenderNode} needs. Not thread-safe.
 *
 * <p>Essential: {@link #engine} and {@link #outputRoot}. Frequent: {@link #slots}, {@link #defaultScene}, {@link #sceneRoot},
 * {@link #labels}. The rest is for rare cases.
 */
public final class RenderNodeBuilder {
    private static final long GIB = 1024L * 1024 * 1024;

    @Nullable RenderEngine engine;

    @Nullable Path outputRoot;

    @Nullable Path stateFolder;

    @Nullable NodeId nodeId;

    @Nullable Sandbox sandbox;

    @Nullable Path defaultScene;

    @Nullable Path sceneRoot;

    Map<String, String> labels = Map.of();
    String version = "unknown";
    int slots = 1;
    long sceneLimit = 4 * GIB;
    long sceneQuota = 64 * GIB;
    long logCap = 16L * 1024 * 1024;
    int maxJobs = 100_000;
    Duration retention = Duration.ofHours(24);
    NodeTime time = NodeTime.system();

    RenderNodeBuilder() {}

    /**
     * Sets what renders. Required.
     *
     * @param value closed together with the node
     * @return this builder
     */
    public RenderNodeBuilder engine(RenderEngine value) {
        this.engine = value;
        return this;
    }

    /**
     * Sets where frames go. Without it the node keeps no files at all: frames count when the engine says so, none can be fetched,
     * and no scenes can be sent; that is for engines that leave nothing behind.
     *
     * @param value a folder, made if it is not there
     * @return this builder
     */
    public RenderNodeBuilder outputRoot(Path value) {
        this.outputRoot = value;
        return this;
    }

    /**
     * Sets where the node keeps what is its own: identity, epochs, job table, scenes, logs. Several nodes may share an output root,
     * but never this folder.
     *
     * @param value a folder, made if it is not there; default {@code .node} below the output root
     * @return this builder
     */
    public RenderNodeBuilder stateFolder(Path value) {
        this.stateFolder = value;
        return this;
    }

    /**
     * Sets the node's identity, which is else made once and kept.
     *
     * @param value the identity
     * @return this builder
     */
    public RenderNodeBuilder nodeId(NodeId value) {
        this.nodeId = value;
        return this;
    }

    /**
     * Sets what the node tells of the sandbox that its engine was built with.
     *
     * @param value the engine's; by default nothing is told
     * @return this builder
     */
    public RenderNodeBuilder sandbox(Sandbox value) {
        this.sandbox = value;
        return this;
    }

    /**
     * Sets how many jobs run at once.
     *
     * @param value 1 to 1,000; default 1
     * @return this builder
     */
    public RenderNodeBuilder slots(int value) {
        this.slots = value;
        return this;
    }

    /**
     * Sets what requests can require of this node.
     *
     * @param values names and values; default none
     * @return this builder
     */
    public RenderNodeBuilder labels(Map<String, String> values) {
        this.labels = Map.copyOf(values);
        return this;
    }

    /**
     * Sets the version that the node reports.
     *
     * @param value of the software around the node
     * @return this builder
     */
    public RenderNodeBuilder version(String value) {
        this.version = value;
        return this;
    }

    /**
     * Sets the scene of requests that name none.
     *
     * @param value a file
     * @return this builder
     */
    public RenderNodeBuilder defaultScene(Path value) {
        this.defaultScene = value;
        return this;
    }

    /**
     * Sets where scenes lie that requests name by path.
     *
     * @param value a folder
     * @return this builder
     */
    public RenderNodeBuilder sceneRoot(Path value) {
        this.sceneRoot = value;
        return this;
    }

    /**
     * Sets how large one scene may be that is sent to the node.
     *
     * @param bytes at least 1; default 4 GiB
     * @return this builder
     */
    public RenderNodeBuilder sceneLimit(long bytes) {
        this.sceneLimit = bytes;
        return this;
    }

    /**
     * Sets how much room all scenes together may take.
     *
     * @param bytes at least 1; default 64 GiB
     * @return this builder
     */
    public RenderNodeBuilder sceneQuota(long bytes) {
        this.sceneQuota = bytes;
        return this;
    }

    /**
     * Sets how long a job's log may become.
     *
     * @param bytes at least 1; default 16 MiB
     * @return this builder
     */
    public RenderNodeBuilder logCap(long bytes) {
        this.logCap = bytes;
        return this;
    }

    /**
     * Sets how many jobs are remembered; if so many may not be forgotten yet, new ones are refused.
     *
     * @param value at least the number of slots; default 100,000
     * @return this builder
     */
    public RenderNodeBuilder maxJobs(int value) {
        this.maxJobs = value;
        return this;
    }

    /**
     * Sets how long a job is remembered after its end. Less than the default breaks what the wire protocol promises about
     * idempotency keys, and is for farms in one JVM.
     *
     * @param value not negative; default 24 hours
     * @return this builder
     */
    public RenderNodeBuilder retention(Duration value) {
        this.retention = value;
        return this;
    }

    /**
     * Sets the node's clock, for tests.
     *
     * @param value the time; default {@link NodeTime#system()}
     * @return this builder
     */
    public RenderNodeBuilder time(NodeTime value) {
        this.time = value;
        return this;
    }

    /**
     * Makes the node, which takes jobs from then on.
     *
     * @return the node
     * @throws IllegalArgumentException if a value is missing or out of range, naming it
     * @throws IOException if the folders cannot be made or read
     */
    public RenderNode build() throws IOException {
        RenderEngine renders = engine;
        if (renders == null) {
            throw new IllegalArgumentException("engine is missing: a node needs something that renders");
        }
        require("slots", slots, 1, 1_000);
        require("maxJobs", maxJobs, slots, 10_000_000);
        require("sceneLimit", sceneLimit, 1, Long.MAX_VALUE);
        require("sceneQuota", sceneQuota, 1, Long.MAX_VALUE);
        require("logCap", logCap, 1, Integer.MAX_VALUE);
        if (retention.isNegative()) {
            throw new IllegalArgumentException("retention is " + retention + ": it must not be negative");
        }
        if (defaultScene != null && !Files.isRegularFile(defaultScene)) {
            throw new IllegalArgumentException("defaultScene " + defaultScene + " is no file");
        }
        if (sceneRoot != null && !Files.isDirectory(sceneRoot)) {
            throw new IllegalArgumentException("sceneRoot " + sceneRoot + " is no folder");
        }
        return outputRoot == null ? withoutFiles(renders) : withFiles(renders, outputRoot);
    }

    private RenderNode withoutFiles(RenderEngine renders) {
        NodeId id = nodeId == null ? NodeIdentity.make() : nodeId;
        Scenes scenes = new Scenes(defaultScene, sceneRoot, null);
        return new RenderNode(this, renders, id, null, Epochs.inMemory(), scenes, new JobTable(maxJobs, retention), 1);
    }

    private RenderNode withFiles(RenderEngine renders, Path root) throws IOException {
        NodeFolders folders = NodeFolders.open(root, stateFolder == null ? root.resolve(".node") : stateFolder);
        try {
            NodeId id = nodeId == null ? NodeIdentity.readOrMake(folders.state()) : nodeId;
            SceneStore store = SceneStore.open(folders.scenes(), sceneLimit, sceneQuota, time);
            Epochs epochs = Epochs.open(folders.state().resolve("epochs"));
            JobTable table = new JobTable(maxJobs, retention);
            long firstPid = new Recovery(folders, time).fill(table);
            Scenes scenes = new Scenes(defaultScene, sceneRoot, store);
            return new RenderNode(this, renders, id, folders, epochs, scenes, table, firstPid);
        } catch (IOException | RuntimeException e) {
            folders.close();
            throw e;
        }
    }

    private static void require(String name, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(name + " is " + value + ": it must be from " + low + " to " + high);
        }
    }
}
