package io.renderfleet.testkit.sim;

import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.RenderEvent;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.RenderListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Everything that an engine tells its listeners, in order. */
final class Diary implements RenderListener, Consumer<RenderExecutorBuilder> {
    private final List<RenderEvent> events = new ArrayList<>();

    @Override
    public void accept(RenderExecutorBuilder engine) {
        engine.listener(this);
    }

    @Override
    public void onTransition(JobTransition transition) {
        events.add(transition);
    }

    @Override
    public void onNotice(FarmNotice notice) {
        events.add(notice);
    }

    List<RenderEvent> events() {
        return events;
    }

    <T extends RenderEvent> List<T> all(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends RenderEvent> T first(Class<T> kind) {
        return all(kind).get(0);
    }

    List<JobTransition.BatchDispatched> dispatches() {
        return all(JobTransition.BatchDispatched.class);
    }

    List<JobTransition.BatchDispatched> dispatchesOf(JobId job) {
        return dispatches().stream().filter(sent -> sent.job().equals(job)).toList();
    }

    /** The names of the nodes that got something, in order. */
    Stream<String> nodes() {
        return dispatches().stream().map(sent -> sent.target().getHost());
    }

    JobTransition.BatchEnded endOf(BatchId batch) {
        return all(JobTransition.BatchEnded.class).stream()
                .filter(end -> end.batch().equals(batch))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("batch " + batch + " has not ended"));
    }

    /** When an event was, from the start of the farm. */
    Duration at(RenderEvent event) {
        return Duration.between(VirtualTime.START, time(event));
    }

    private static Instant time(RenderEvent event) {
        return event.at();
    }

    FrameSet frames(JobId job) {
        FrameSet all = FrameSet.empty();
        for (JobTransition.BatchDispatched sent : dispatchesOf(job)) {
            all = all.union(sent.frames());
        }
        return all;
    }
}
