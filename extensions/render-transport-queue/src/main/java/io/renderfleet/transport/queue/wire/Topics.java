package io.renderfleet.transport.queue.wire;

/**
 * How the topics of a pool are called. Each pool has topics of its own, so that several share a broker, and so do several farms that share a
 * pool.
 *
 * @param pool the pool's name, which is also that of its queue
 */
public record Topics(String pool) {

    /**
     * Names the topic on which workers tell a farm how its batches stand.
     *
     * @param farm the farm's id
     * @return the topic
     */
    public String farm(String farm) {
        return pool + "/farm/" + farm;
    }

    /**
     * Names the topic on which workers say who they are.
     *
     * @return the topic
     */
    public String presence() {
        return pool + "/presence";
    }

    /**
     * Names the topic on which coordinators speak to one worker.
     *
     * @param worker its id
     * @return the topic
     */
    public String worker(String worker) {
        return pool + "/worker/" + worker;
    }

    /**
     * Names the topic on which coordinators speak to all workers.
     *
     * @return the topic
     */
    public String workers() {
        return pool + "/workers";
    }
}
