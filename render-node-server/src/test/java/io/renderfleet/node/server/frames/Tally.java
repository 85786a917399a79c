package io.renderfleet.node.server.frames;

/** What was done with one Blender. */
final class Tally {
    int scenes;
    int frames;
    int comparisons;
    int pending;

    @Override
    public String toString() {
        return scenes + " scenes, " + frames + " frames, " + comparisons + " comparisons"
                + (pending == 0 ? "" : ", " + pending + " scenes pending");
    }
}
