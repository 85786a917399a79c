package io.renderfleet.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Random frame sets beside sets of the JDK, which are slow and right. A failure names the seed. */
@DisplayName("A random set of frames")
class FrameSetPropertiesTest {
    private static final int SEEDS = 2_000;

    /** A frame set and the same frames, in the same order, as the JDK holds them. */
    private record Pair(FrameSet frames, Set<Integer> model) {
        static Pair random(SplittableRandom random) {
            int span = random.nextInt(3) == 0 ? 2_000_000 : 60;
            FrameSetBuilder builder = new FrameSetBuilder();
            Set<Integer> model = new LinkedHashSet<>();
            int parts = random.nextInt(random.nextInt(4) == 0 ? 60 : 6);
            for (int i = 0; i < parts; i++) {
                int first = random.nextInt(span) - span / 2;
                int last = random.nextInt(3) == 0 ? first : first + random.nextInt(41) - 20;
                first = clamp(first);
                last = clamp(last);
                int step = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
                builder.add(new FrameRange(first, last), step);
                int direction = first <= last ? 1 : -1;
                for (int frame = first; (last - frame) * direction >= 0; frame += step * direction) {
                    model.add(frame);
                }
            }
            return new Pair(builder.build(), model);
        }

        private static int clamp(int frame) {
            return Math.max(FrameSet.MIN_FRAME, Math.min(FrameSet.MAX_FRAME, frame));
        }
    }

    private static void holdsForAll(BiConsumer<Pair, Pair> law) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Pair one = Pair.random(random);
            Pair other = Pair.random(random);
            try {
                law.accept(one, other);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", frames " + one.frames() + " and " + other.frames(), e);
            }
        }
    }

    private static void same(FrameSet frames, Set<Integer> model) {
        List<Integer> held = new ArrayList<>();
        frames.forEach(held::add);
        assertThat(held).isEqualTo(new ArrayList<>(model));
        assertThat(frames.size()).isEqualTo(model.size());
        assertThat(frames.stream().boxed().toList()).isEqualTo(held);
    }

    @Test
    @DisplayName("holds each frame once, where it was named first")
    void holdsEachOnce() {
        holdsForAll((one, other) -> same(one.frames(), one.model()));
    }

    @Test
    @DisplayName("is read back from its own text, and has one text for one value")
    void textRoundTrip() {
        holdsForAll((one, other) -> {
            if (!one.model().isEmpty()) {
                FrameSet again = FrameSet.parse(one.frames().toString());
                assertThat(again).isEqualTo(one.frames()).hasSameHashCodeAs(one.frames());
                assertThat(again.toString()).isEqualTo(one.frames().toString());
            }
            int[] singly = one.model().stream().mapToInt(Integer::intValue).toArray();
            assertThat(FrameSet.of(singly)).isEqualTo(one.frames());
            assertThat(FrameSet.of(one.frames().ranges())).isEqualTo(one.frames());
        });
    }

    @Test
    @DisplayName("joins, meets and leaves other sets as sets do, in its own order")
    void setOperations() {
        holdsForAll((one, other) -> {
            Set<Integer> minus = new LinkedHashSet<>(one.model());
            minus.removeAll(other.model());
            same(one.frames().minus(other.frames()), minus);
            Set<Integer> common = new LinkedHashSet<>(one.model());
            common.retainAll(other.model());
            same(one.frames().intersect(other.frames()), common);
            Set<Integer> all = new LinkedHashSet<>(one.model());
            all.addAll(other.model());
            FrameSet union = one.frames().union(other.frames());
            assertThat(union.sorted().stream().boxed().toList()).isEqualTo(new ArrayList<>(new TreeSet<>(all)));
            assertThat(union.size()).isEqualTo(all.size());
            assertThat(one.frames().containsAll(other.frames()))
                    .isEqualTo(one.model().containsAll(other.model()));
        });
    }

    @Test
    @DisplayName("knows what it holds, and what it holds in ascending order")
    void containsAndSorted() {
        holdsForAll((one, other) -> {
            same(one.frames().sorted(), new TreeSet<>(one.model()));
            other.model()
                    .forEach(frame -> assertThat(one.frames().contains(frame))
                            .isEqualTo(one.model().contains(frame)));
            if (!one.model().isEmpty()) {
                assertThat(one.frames().first())
                        .isEqualTo(one.model().iterator().next());
            }
        });
    }

    @Test
    @DisplayName("is cut into a front and a rest without loss")
    void takeAndSkip() {
        holdsForAll((one, other) -> {
            int count = other.model().size();
            List<Integer> list = new ArrayList<>(one.model());
            int cut = Math.min(count, list.size());
            same(one.frames().take(count), new LinkedHashSet<>(list.subList(0, cut)));
            same(one.frames().skip(count), new LinkedHashSet<>(list.subList(cut, list.size())));
            int runs = Math.min(one.frames().runs(), 3);
            FrameSet front = one.frames().takeRuns(runs);
            assertThat(front).isEqualTo(one.frames().take(front.size()));
            assertThat(front.runs()).isEqualTo(runs);
        });
    }
}
