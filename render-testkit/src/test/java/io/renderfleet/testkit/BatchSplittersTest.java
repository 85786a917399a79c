package io.renderfleet.testkit;

import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.split.BatchSplitters;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

@DisplayName("Of the ready-made splitters")
class BatchSplittersTest {

    @Nested
    @DisplayName("the usual one")
    class Usual extends BatchSplitterContract {
        @Override
        protected BatchSplitter splitter() {
            return BatchSplitters.ofDefaults();
        }
    }

    @Nested
    @DisplayName("the one that cuts single frames")
    class Single extends BatchSplitterContract {
        @Override
        protected BatchSplitter splitter() {
            return BatchSplitters.fixed(1);
        }
    }

    @Nested
    @DisplayName("the one that never cuts anything in two")
    class Whole extends BatchSplitterContract {
        @Override
        protected BatchSplitter splitter() {
            return BatchSplitters.fixed(Integer.MAX_VALUE);
        }
    }

    @Nested
    @DisplayName("the one that cuts a part of what waits")
    class Guided extends BatchSplitterContract {
        @Override
        protected BatchSplitter splitter() {
            return BatchSplitters.guided(12);
        }
    }

    @Nested
    @DisplayName("the one that cuts to what is known")
    class Adaptive extends BatchSplitterContract {
        @Override
        protected BatchSplitter splitter() {
            return BatchSplitters.adaptive();
        }
    }
}
