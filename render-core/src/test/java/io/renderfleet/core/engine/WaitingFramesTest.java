package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FrameSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Frames that wait")
class WaitingFramesTest {
    private static final int ANY = Integer.MAX_VALUE;

    private final WaitingFrames waiting = new WaitingFrames(FrameSet.range(1, 20));

    WaitingFramesTest() {}

    private static FrameSet frames(String text) {
        return FrameSet.parse(text);
    }

    @Test
    @DisplayName("are all frames of a job at first, in the order of the request, in batches of any size")
    void atFirst() {
        assertThat(waiting.head()).isEqualTo(frames("1-20"));
        assertThat(waiting.size()).isEqualTo(20);
        assertThat(waiting.isEmpty()).isFalse();
        assertThat(waiting.holdsNothing()).isFalse();
        assertThat(waiting.maxBatch()).isEqualTo(ANY);
        assertThat(waiting.last()).isEqualTo(20);
        assertThat(new WaitingFrames(frames("5,3,9")).head()).isEqualTo(frames("5,3,9"));
    }

    @Test
    @DisplayName("go out from the front")
    void goOut() {
        waiting.removeFromHead(frames("1-5"));

        assertThat(waiting.head()).isEqualTo(frames("6-20"));
        assertThat(waiting.size()).isEqualTo(15);

        waiting.removeFromHead(frames("6-20"));

        assertThat(waiting.isEmpty()).isTrue();
        assertThat(waiting.holdsNothing()).isTrue();
        assertThat(waiting.head()).isEqualTo(FrameSet.empty());
        assertThat(waiting.last()).isNull();
        assertThat(waiting.maxBatch()).isEqualTo(ANY);
    }

    @Test
    @DisplayName("come back to the front, and join those that wait there in batches of the same size")
    void comeBack() {
        waiting.removeFromHead(frames("1-5"));
        waiting.addFirst(frames("2-4"), ANY);

        assertThat(waiting.head()).isEqualTo(frames("2-4,6-20"));
        assertThat(waiting.size()).isEqualTo(18);
        assertThat(waiting.all()).isEqualTo(frames("2-4,6-20"));
    }

    @Test
    @DisplayName("stay apart from the others where they must go out in smaller batches")
    void smallerBatches() {
        waiting.removeFromHead(frames("1-4"));
        waiting.addFirst(frames("1-4"), 2);

        assertThat(waiting.head()).isEqualTo(frames("1-4"));
        assertThat(waiting.maxBatch()).isEqualTo(2);

        waiting.removeFromHead(frames("1-2"));
        assertThat(waiting.head()).isEqualTo(frames("3-4"));
        assertThat(waiting.maxBatch()).isEqualTo(2);

        waiting.removeFromHead(frames("3-4"));
        assertThat(waiting.head()).isEqualTo(frames("5-20"));
        assertThat(waiting.maxBatch()).isEqualTo(ANY);
    }

    @Test
    @DisplayName("that are tried again later by somebody's wish wait behind all others")
    void behind() {
        waiting.removeFromHead(frames("1-2"));
        waiting.addLast(frames("1-2"), ANY);

        assertThat(waiting.head()).isEqualTo(frames("3-20"));
        assertThat(waiting.last()).isEqualTo(2);
        assertThat(waiting.size()).isEqualTo(20);
    }

    @Test
    @DisplayName("rest until they are woken: they wait, and do not go out")
    void rest() {
        waiting.rest(frames("1-5,30"));

        assertThat(waiting.head()).isEqualTo(frames("6-20"));
        assertThat(waiting.size()).isEqualTo(15);
        assertThat(waiting.all().sorted()).isEqualTo(frames("1-20"));

        waiting.wake(frames("4-5"), 1);
        assertThat(waiting.head()).isEqualTo(frames("4-5"));
        assertThat(waiting.maxBatch()).isEqualTo(1);
        assertThat(waiting.size()).isEqualTo(17);

        waiting.wake(frames("4-5"), 7);
        assertThat(waiting.size()).as("nothing wakes twice").isEqualTo(17);
    }

    @Test
    @DisplayName("are not over as long as some rest")
    void restingIsWaiting() {
        waiting.rest(frames("1-20"));

        assertThat(waiting.isEmpty()).isTrue();
        assertThat(waiting.holdsNothing()).isFalse();
    }

    @Test
    @DisplayName("are taken out wherever they wait or rest")
    void takenOut() {
        waiting.rest(frames("1-5"));
        waiting.addFirst(frames("21"), 1);
        waiting.remove(frames("3-7,21"));

        assertThat(waiting.head()).isEqualTo(frames("8-20"));
        assertThat(waiting.size()).isEqualTo(13);
        assertThat(waiting.all().sorted()).isEqualTo(frames("1-2,8-20"));

        waiting.clear();
        assertThat(waiting.holdsNothing()).isTrue();
        assertThat(waiting.size()).isZero();
    }

    @Test
    @DisplayName("of a very scattered job are held in parts, and none is lost between them")
    void scattered() {
        FrameSet odd = FrameSet.of(IntStream.range(0, 5_000).map(i -> 2 * i + 1).toArray());
        WaitingFrames many = new WaitingFrames(odd);

        assertThat(many.size()).isEqualTo(5_000);
        assertThat(many.head().runs()).isBetween(1, 1_024);
        assertThat(many.last()).isEqualTo(9_999);
        assertThat(many.all()).isEqualTo(odd);

        int seen = 0;
        while (!many.isEmpty()) {
            FrameSet head = many.head();
            assertThat(head.first()).isEqualTo(2 * seen + 1);
            seen += head.size();
            many.removeFromHead(head);
        }
        assertThat(seen).isEqualTo(5_000);
    }

    @Test
    @DisplayName("that come back to a front of many pieces make a part of their own")
    void fullFront() {
        FrameSet pieces =
                FrameSet.of(IntStream.range(0, 1_024).map(i -> 2 * i + 1).toArray());
        WaitingFrames many = new WaitingFrames(pieces);
        many.addFirst(frames("10000"), ANY);

        assertThat(many.head()).isEqualTo(frames("10000"));
        assertThat(many.size()).isEqualTo(1_025);
    }

    @Test
    @DisplayName("do not change where none come back")
    void none() {
        waiting.addFirst(FrameSet.empty(), 1);
        waiting.addLast(FrameSet.empty(), 1);

        assertThat(waiting.head()).isEqualTo(frames("1-20"));
        assertThat(waiting.maxBatch()).isEqualTo(ANY);
        assertThat(waiting.last()).isEqualTo(20);
    }
}
