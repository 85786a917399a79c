package io.renderfleet.transport.queue.worker;

import java.util.LinkedHashMap;
import java.util.Map;

/** The greatest epoch of each farm that a worker has heard. Belongs to the worker's loop; the node keeps its own on disk. */
final class FarmEpochs {
    private static final int MOST = 1_000;

    private final Map<String, Long> greatest = new LinkedHashMap<>();

    /** Returns the greatest epoch of a farm, which is the given one unless a greater one was heard. */
    long admit(String farm, long epoch) {
        if (!greatest.containsKey(farm) && greatest.size() >= MOST) {
            greatest.remove(greatest.keySet().iterator().next());
        }
        return greatest.merge(farm, epoch, Math::max);
    }
}
