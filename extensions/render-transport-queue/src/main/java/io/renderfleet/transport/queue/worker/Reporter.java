package io.renderfleet.transport.queue.worker;

import io.renderfleet.core.loop.TimeSource;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.RenderNode;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.wire.Order;
import io.renderfleet.transport.queue.wire.Report;
import io.renderfleet.transport.queue.wire.Topics;
import io.renderfleet.transport.queue.wire.WorkMessage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells farms how their batches stand. Belongs to the worker's loop. */
final class Reporter {
    private static final int PAGE = 100;

    private final RenderNode node;
    private final Broker broker;
    private final Topics topics;
    private final TimeSource time;
    private final String worker;

    Reporter(RenderNode node, Broker broker, Topics topics, TimeSource time) {
        this.time = time;
        this.node = node;
        this.broker = broker;
        this.topics = topics;
        this.worker = node.id().value();
    }

    void claim(Held one) {
        send(one.farm(), Report.of(Report.What.CLAIM, worker, one.key()));
    }

    void report(Held one) {
        send(one.farm(), Report.of(Report.What.STATUS, worker, one.key()).with(status(one)));
    }

    void refused(Held one, Failure failure) {
        send(one.farm(), Report.of(Report.What.REFUSED, worker, one.key()).with(failure));
    }

    void returned(Held one) {
        send(one.farm(), Report.of(Report.What.RETURNED, worker, one.key()));
    }

    void unknown(Order order) {
        send(order.farm(), Report.of(Report.What.UNKNOWN, worker, order.key()).answering(order.call()));
    }

    void fenced(Order order, long epoch) {
        send(
                order.farm(),
                Report.of(Report.What.FENCED, worker, order.key())
                        .withEpoch(epoch)
                        .answering(order.call()));
    }

    /** Answers with how the job stands on the node, without a job where there is none; or that a newer coordinator is known. */
    void answer(Order order, @Nullable String job, long newerEpoch) {
        if (newerEpoch > 0) {
            fenced(order, newerEpoch);
            return;
        }
        Report answer = Report.of(Report.What.ANSWER, worker, order.key()).answering(order.call());
        Optional<NodeJobView> view = job == null ? Optional.empty() : node.job(job);
        send(
                order.farm(),
                view.map(found -> answer.with(Requests.status(
                                found, found.finished(), found.state().ended())))
                        .orElse(answer));
    }

    void frames(Order order, @Nullable Held one) {
        Report answer = Report.of(Report.What.ANSWER, worker, order.key()).answering(order.call());
        String job = one == null ? null : one.job();
        if (one == null || job == null) {
            send(order.farm(), answer);
            return;
        }
        List<FrameOutput> all = delivered(one, job);
        int from = Math.min(order.number() == null ? 0 : Math.max(0, order.number()), all.size());
        int to = Math.min(from + PAGE, all.size());
        send(order.farm(), answer.with(all.subList(from, to), all.size() - to));
    }

    void log(Order order, @Nullable String job) {
        Report answer = Report.of(Report.What.ANSWER, worker, order.key()).answering(order.call());
        int most = order.number() == null ? 0 : order.number();
        Optional<Path> file = job == null ? Optional.empty() : node.log(job);
        send(order.farm(), file.map(log -> answer.withText(end(log, most))).orElse(answer));
    }

    private static String end(Path log, int most) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - most));
            byte[] bytes = new byte[(int) Math.min(most, file.length())];
            int read = Math.max(0, file.read(bytes));
            return new String(bytes, 0, read, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "The log cannot be read: " + e;
        }
    }

    private JobStatus status(Held one) {
        String job = one.job();
        Optional<NodeJobView> view = job == null ? Optional.empty() : node.job(job);
        if (job == null || view.isEmpty()) {
            WorkMessage.Work work = one.work();
            return Requests.preparing(
                    work == null ? FrameSet.empty() : work.order().frames(), time.now());
        }
        boolean ended = one.is(Held.Stage.ENDED);
        List<FrameOutput> made = delivered(one, job);
        JobStatus status = Requests.status(
                view.get(),
                FrameSet.of(made.stream().mapToInt(FrameOutput::frame).toArray()),
                ended);
        return ended ? status.withOutputs(made, null) : status;
    }

    private List<FrameOutput> delivered(Held one, String job) {
        return node.frames(job).orElse(List.of()).stream()
                .filter(frame -> one.isDelivered(frame.frame()))
                .toList();
    }

    private void send(String farm, Report report) {
        broker.tell(topics.farm(farm), report.write());
    }
}
