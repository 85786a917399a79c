package io.renderfleet.store.jdbc;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.store.jdbc.Write.NumberedRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Puts appends together into one write: leaves out what is written, what leaves a gap, and what the same write forgets. */
final class WriteMaker {
    private final Session session;
    private final List<NumberedRow> rows = new ArrayList<>();
    private final Set<String> jobs = new HashSet<>();
    private final Set<String> forgotten = new HashSet<>();
    private long endSeq;
    private long lastAttempt;

    private WriteMaker(Session session) {
        this.session = session;
        this.endSeq = session.nextSeq;
    }

    static WriteMaker of(Session session, List<Writer.Append> appends, TransitionCodec codec) {
        WriteMaker maker = new WriteMaker(session);
        for (Writer.Append append : appends) {
            if (append.firstSeq() <= maker.endSeq) {
                List<JobTransition> transitions = append.transitions();
                long written = Math.min(transitions.size(), maker.endSeq - append.firstSeq());
                transitions.subList((int) written, transitions.size()).forEach(it -> maker.add(it, codec));
            }
        }
        return maker;
    }

    private void add(JobTransition transition, TransitionCodec codec) {
        TransitionRow row = codec.encode(transition);
        if (transition instanceof JobTransition.JobForgotten) {
            if (jobs.contains(row.job())) {
                rows.removeIf(earlier -> earlier.row().job().equals(row.job()));
            }
            forgotten.add(row.job());
        }
        if (transition instanceof JobTransition.BatchDispatched dispatched) {
            lastAttempt = Math.max(lastAttempt, dispatched.attempt().seq());
        }
        rows.add(new NumberedRow(endSeq, row));
        jobs.add(row.job());
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

    Write make() {
        return new Write(session.term, session.nextSeq, endSeq, rows, forgotten, lastAttempt);
    }
}
