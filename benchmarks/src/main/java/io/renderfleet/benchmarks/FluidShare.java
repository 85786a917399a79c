package io.renderfleet.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When jobs would end under fluid fair sharing: an ideal farm that divides its machine seconds at every moment between the owners who have
 * work, by their weights, and between the jobs of an owner equally, down to fractions of a second of a machine. Nothing is loaded there, and
 * nothing has a size.
 *
 * <p>A job cannot use more slots than it has frames, so it gets no more speed than that many of the fastest slots have. What it cannot
 * use, others get: first the owner's other jobs, then other owners (max-min fairness).
 */
final class FluidShare {
    private static final double NOTHING = 1e-9;

    private final List<Double> slots;
    private final double all;

    /**
     * A job of the ideal farm.
     *
     * @param owner whose it is
     * @param weight of that owner, the same for all jobs of one
     * @param at when it comes, in seconds
     * @param work what its frames take at speed 1, in seconds, positive
     * @param frames how many they are, at least 1
     */
    record Job(String owner, double weight, double at, double work, int frames) {}

    /** A job on its way. */
    private static final class Flow {
        private final Job job;
        private final double most;
        private double left;
        private double rate;
        private double end;

        private Flow(Job job, double most) {
            this.job = job;
            this.most = most;
            this.left = job.work();
        }
    }

    /**
     * Makes a farm.
     *
     * @param speeds of its slots
     */
    FluidShare(List<Double> speeds) {
        this.slots = speeds.stream().sorted(Comparator.reverseOrder()).toList();
        this.all = speeds.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Gives for each job the seconds from when it comes to its end. */
    double[] times(List<Job> jobs) {
        List<Flow> flows =
                jobs.stream().map(job -> new Flow(job, speedOf(job.frames()))).toList();
        List<Flow> coming = new ArrayList<>(flows);
        coming.sort(Comparator.comparingDouble(flow -> flow.job.at()));
        List<Flow> active = new ArrayList<>();
        double now = 0;
        while (!coming.isEmpty() || !active.isEmpty()) {
            double next = coming.isEmpty()
                    ? Double.POSITIVE_INFINITY
                    : coming.get(0).job.at();
            share(active);
            for (Flow flow : active) {
                next = Math.min(next, now + flow.left / flow.rate);
            }
            for (Flow flow : active) {
                flow.left -= flow.rate * (next - now);
            }
            now = next;
            for (Flow flow : active) {
                flow.end = now;
            }
            active.removeIf(flow -> flow.left <= NOTHING * flow.job.work());
            while (!coming.isEmpty() && coming.get(0).job.at() <= now) {
                active.add(coming.remove(0));
            }
        }
        return flows.stream().mapToDouble(flow -> flow.end - flow.job.at()).toArray();
    }

    private double speedOf(int frames) {
        return slots.stream().limit(frames).mapToDouble(Double::doubleValue).sum();
    }

    private void share(List<Flow> active) {
        Map<String, List<Flow>> owners = new TreeMap<>();
        active.forEach(flow -> owners.computeIfAbsent(flow.job.owner(), owner -> new ArrayList<>())
                .add(flow));
        List<List<Flow>> groups = List.copyOf(owners.values());
        double[] parts = fill(
                all,
                groups.stream().mapToDouble(flows -> flows.get(0).job.weight()).toArray(),
                groups.stream()
                        .mapToDouble(flows ->
                                flows.stream().mapToDouble(flow -> flow.most).sum())
                        .toArray());
        for (int i = 0; i < parts.length; i++) {
            List<Flow> flows = groups.get(i);
            double[] rates = fill(
                    parts[i],
                    flows.stream().mapToDouble(flow -> 1).toArray(),
                    flows.stream().mapToDouble(flow -> flow.most).toArray());
            for (int j = 0; j < rates.length; j++) {
                flows.get(j).rate = rates[j];
            }
        }
    }

    /** Divides an amount by weights; what is more than one can use goes to the others. */
    static double[] fill(double amount, double[] weights, double[] most) {
        double[] parts = new double[weights.length];
        boolean[] full = new boolean[weights.length];
        double left = amount;
        boolean changed = true;
        while (changed) {
            changed = false;
            double open = 0;
            for (int i = 0; i < parts.length; i++) {
                open += full[i] ? 0 : weights[i];
            }
            double each = left / open;
            for (int i = 0; i < parts.length; i++) {
                if (!full[i] && most[i] <= each * weights[i]) {
                    full[i] = true;
                    parts[i] = most[i];
                    left -= most[i];
                    changed = true;
                } else if (!full[i]) {
                    parts[i] = each * weights[i];
                }
            }
        }
        return parts;
    }
}
