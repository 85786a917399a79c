package io.renderfleet.store.jdbc;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobId;
import io.renderfleet.store.jdbc.Write.NumberedRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Builds one write from several appends. It leaves out what is written already, what would leave a gap, and what the same write forgets.
 *
 * <p>Transitions of one job that follow each other share a row, since a database works as long for a short row as for a long one.
 */
final class WriteBuilder {
    /** A row of so many is some 60 kB long, and one reading of the history holds many rows at once. */
    private static final int MAX_IN_A_ROW = 256;

    private final Session session;
    private final List<Numbered> all = new ArrayList<>();
    private final Set<JobId> jobs = new HashSet<>();
    private final Set<JobId> forgotten = new HashSet<>();
    private long endSeq;
    private long lastAttempt;

    private record Numbered(long seq, JobTransition transition) {
        /** Whether it may stand in one row with the one before. The note of what is forgotten stands alone: it is searched for. */
        boolean follows(Numbered before) {
            return seq == before.seq + 1
                    && transition.job().equals(before.transition.job())
                    && !(transition instanceof JobTransition.JobForgotten)
                    && !(before.transition instanceof JobTransition.JobForgotten);
        }
    }

    private WriteBuilder(Session session) {
        this.session = session;
        this.endSeq = session.nextSeq;
    }

    static WriteBuilder of(Session session, List<Writer.Append> appends) {
        WriteBuilder maker = new WriteBuilder(session);
        for (Writer.Append append : appends) {
            if (append.firstSeq() <= maker.endSeq) {
                List<JobTransition> transitions = append.transitions();
                long written = Math.min(transitions.size(), maker.endSeq - append.firstSeq());
                transitions.subList((int) written, transitions.size()).forEach(maker::add);
            }
        }
        return maker;
    }

    private void add(JobTransition transition) {
        JobId job = transition.job();
        if (transition instanceof JobTransition.JobForgotten) {
            if (jobs.contains(job)) {
                all.removeIf(earlier -> earlier.transition().job().equals(job));
            }
            forgotten.add(job);
        }
        if (transition instanceof JobTransition.BatchDispatched dispatched) {
            lastAttempt = Math.max(lastAttempt, dispatched.attempt().seq());
        }
        all.add(new Numbered(endSeq, transition));
        jobs.add(job);
        endSeq++;
    }

    boolean isEmpty() {
        return endSeq == session.nextSeq;
    }

    /** How many jobs are forgotten by it. */
    int forgotten() {
        return forgotten.size();
    }

    long endSeq() {
        return endSeq;
    }

    Write make(TransitionCodec codec) {
        List<NumberedRow> rows = new ArrayList<>();
        int from = 0;
        while (from < all.size()) {
            int to = from + 1;
            while (to < all.size() && to - from < MAX_IN_A_ROW && all.get(to).follows(all.get(to - 1))) {
                to++;
            }
            List<JobTransition> run =
                    all.subList(from, to).stream().map(Numbered::transition).toList();
            rows.add(new NumberedRow(all.get(to - 1).seq(), codec.encode(run)));
            from = to;
        }
        return new Write(session.term, session.nextSeq, endSeq, rows, forgotten, lastAttempt);
    }
}
