package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FrameSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A set of frames that changes")
class FrameBitsTest {
    private final FrameBits bits = new FrameBits(FrameSet.parse("20-11,-5--1"));

    FrameBitsTest() {}

    @Test
    @DisplayName("is empty at first")
    void empty() {
        assertThat(bits.size()).isZero();
        assertThat(bits.value()).isEqualTo(FrameSet.empty());
        assertThat(bits.contains(11)).isFalse();
        assertThat(new FrameBits(FrameSet.empty()).value()).isEqualTo(FrameSet.empty());
    }

    @Test
    @DisplayName("takes a frame once, and says whether it was new")
    void add() {
        assertThat(bits.add(-5)).isTrue();
        assertThat(bits.add(-5)).isFalse();
        assertThat(bits.add(20)).isTrue();

        assertThat(bits.size()).isEqualTo(2);
        assertThat(bits.contains(-5)).isTrue();
        assertThat(bits.contains(-4)).isFalse();
        assertThat(bits.contains(-6)).as("lower than all of the job").isFalse();
        assertThat(bits.value()).isEqualTo(FrameSet.parse("-5,20"));
    }

    @Test
    @DisplayName("counts only those of many that were new")
    void addAll() {
        bits.add(15);
        bits.addAll(FrameSet.parse("20-14"));

        assertThat(bits.size()).isEqualTo(7);
        assertThat(bits.value()).isEqualTo(FrameSet.parse("14-20"));

        bits.addAll(FrameSet.parse("-5--1"));
        assertThat(bits.size()).isEqualTo(12);
        assertThat(bits.value()).isEqualTo(FrameSet.parse("-5--1,14-20"));
    }

    @Test
    @DisplayName("counts only those of many that were there when they go")
    void removeAll() {
        bits.addAll(FrameSet.parse("11-15"));
        assertThat(bits.value()).isEqualTo(FrameSet.parse("11-15"));
        bits.removeAll(FrameSet.parse("17-14,11"));

        assertThat(bits.size()).isEqualTo(2);
        assertThat(bits.value()).isEqualTo(FrameSet.parse("12-13"));
        assertThat(bits.contains(14)).isFalse();

        bits.removeAll(FrameSet.parse("12-13"));
        assertThat(bits.size()).isZero();
        assertThat(bits.value()).isEqualTo(FrameSet.empty());
    }
}
