package io.renderfleet.core.engine;

import io.renderfleet.core.model.FarmFullException;
import io.renderfleet.core.model.RenderRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much memory the jobs take that are known, and whether one more fits. Belongs to the loop.
 *
 * <p>A job is charged at once with what it can come to, all its frames accepted, so that what was taken in fits until it is forgotten, and
 * fits again after a restart in the same heap. The charge is an upper estimate; files of frames beyond it are added as they come.
 */
final class JobMemory {
    /** A job with its request, its collections, its handle and its keys, without what depends on its frames and texts. */
    private static final long JOB = 12 << 10;

    /** A run of neighbouring frames: in the request, among the waiting frames, and once more while these are cut. */
    private static final long RUN = 32;

    /** Where the frames of a run lie once they are accepted; there cannot be more of these chunks than a scene has frames for. */
    private static final long CHUNK = 280;

    private static final long MOST_CHUNKS = 32_768;

    /** An accepted frame with one file: its page, its place, how often it was tried, and its bits in the books. */
    private static final long FRAME = 112;

    private static final long CHARACTER = 2;
    private static final long LABEL = 160;

    private final long limit;
    private final long limitOfOwner;
    private final Map<ActiveJob, Long> charges = new HashMap<>();
    private long total;

    /**
     * Begins without jobs.
     *
     * @param limit how many bytes all jobs may take
     * @param limitOfOwner how many of them those of one owner may take
     */
    JobMemory(long limit, long limitOfOwner) {
        this.limit = limit;
        this.limitOfOwner = Math.min(limit, limitOfOwner);
    }

    /** What a job of this request can come to, in bytes. */
    static long of(RenderRequest request) {
        int texts = request.name().map(String::length).orElse(0)
                + request.key().map(key -> key.value().length()).orElse(0)
                + request.outputPattern().toString().length()
                + request.scene().toString().length();
        int links = request.after().size() + request.afterFrames().size();
        return JOB
                + RUN * request.frames().runs()
                + CHUNK * Math.min(request.frames().runs(), MOST_CHUNKS)
                + FRAME * request.frames().size()
                + CHARACTER * texts
                + LABEL * (links + request.requires().size());
    }

    /** Whether a job that may need so many bytes fits if nothing is forgotten. */
    boolean fits(long needed) {
        return total + needed <= limit;
    }

    /**
     * Why a job does not fit; null if it does.
     *
     * @param needed how many bytes it may need
     * @param spare how many bytes jobs take that may be forgotten for it
     */
    @Nullable FarmFullException refusal(RenderRequest request, long needed, long spare) {
        if (!fits(needed - spare)) {
            return new FarmFullException("the jobs that are known take " + mib(total) + " of " + mib(limit)
                    + " MiB, and this one may need " + mib(needed) + " MiB");
        }
        String owner = request.owner().orElse(null);
        if (owner != null && ofOwner(owner) + needed > limitOfOwner) {
            return new FarmFullException("the jobs of " + owner + " take " + mib(ofOwner(owner)) + " of "
                    + mib(limitOfOwner) + " MiB, and this one may need " + mib(needed) + " MiB");
        }
        return null;
    }

    private long ofOwner(String owner) {
        return charges.entrySet().stream()
                .filter(entry -> Objects.equals(
                        owner, entry.getKey().ledger.request().owner().orElse(null)))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** A job is known, or more is known of it than before. */
    void charge(ActiveJob job) {
        long foreseen = FRAME * job.ledger.request().frames().size();
        long now = job.memory + Math.max(0, job.ledger.outputBytes() - foreseen);
        Long before = charges.put(job, now);
        total += now - (before == null ? 0 : before);
    }

    long chargeOf(ActiveJob job) {
        return charges.getOrDefault(job, 0L);
    }

    void release(ActiveJob job) {
        Long charge = charges.remove(job);
        total -= charge == null ? 0 : charge;
    }

    private static String mib(long bytes) {
        return String.valueOf((bytes + (1 << 20) - 1) >> 20);
    }
}
