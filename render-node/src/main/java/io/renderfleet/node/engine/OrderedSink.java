package io.renderfleet.node.engine;

import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;

/** Lets several threads report events of one run: one at a time, and none after the end. */
final class OrderedSink implements EngineSink {
    private final EngineSink sink;
    private boolean over;

    OrderedSink(EngineSink sink) {
        this.sink = sink;
    }

    @Override
    public synchronized void accept(EngineEvent event) {
        if (!over) {
            over = event instanceof EngineEvent.Ended;
            sink.accept(event);
        }
    }
}
