package io.renderfleet.node.server;

import io.renderfleet.http.server.Answer;
import io.renderfleet.node.NodeJobView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The answers about the ended jobs that were asked for last: asking again costs no JSON. Thread-safe. */
final class EndedAnswers {
    /** With the longest lists of files they take some 4 MB. */
    static final int KEPT = 64;

    private final Map<String, Kept> kept = new LinkedHashMap<>(2 * KEPT, 0.75f, true);

    private record Kept(long version, Answer answer) {}

    /**
     * Answers about a job that has ended.
     *
     * @param made makes the answer, which is the same for everybody, where it is not here
     */
    Answer of(NodeJobView job, Supplier<Answer> made) {
        Kept known = find(job.id());
        if (known != null && known.version == job.version()) {
            return known.answer;
        }
        Answer answer = made.get();
        keep(job.id(), new Kept(job.version(), answer));
        return answer;
    }

    private synchronized @Nullable Kept find(String id) {
        return kept.get(id);
    }

    private synchronized void keep(String id, Kept answer) {
        kept.put(id, answer);
        if (kept.size() > KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
    }
}
