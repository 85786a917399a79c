package io.renderfleet.node.inproc;

import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.node.time.Registration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A poll that waits for a change. Ends once, by whatever comes first, and then calls the others off. */
final class HeldPoll {
    private final CompletableFuture<PollOutcome> answer = new CompletableFuture<>();
    private final Set<HeldPoll> all;
    private Registration watch = Registration.DONE;
    private Registration alarm = Registration.DONE;
    private boolean over;

    HeldPoll(Set<HeldPoll> all) {
        this.all = all;
    }

    CompletionStage<PollOutcome> answer() {
        return answer;
    }

    boolean over() {
        return answer.isDone();
    }

    void end(PollOutcome outcome) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            watch.close();
            alarm.close();
        }
        all.remove(this);
        answer.complete(outcome);
    }

    /** Hands over what is to be called off at the end. */
    void hold(Registration ofWatch, Registration ofAlarm) {
        synchronized (this) {
            watch = ofWatch;
            alarm = ofAlarm;
            if (!over) {
                all.add(this);
                return;
            }
        }
        ofWatch.close();
        ofAlarm.close();
    }
}
