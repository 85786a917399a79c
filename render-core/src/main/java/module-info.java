/** Values, SPIs, and the engine that splits, dispatches, tracks and retries. */
module io.renderfleet.core {
    requires io.github.resilience4j.core;
    requires io.github.resilience4j.retry;
    requires org.slf4j;
    requires static java.desktop;
    requires static transitive org.jspecify;

    uses io.renderfleet.core.spi.TracingKind;

    exports io.renderfleet.core;
    exports io.renderfleet.core.content;
    exports io.renderfleet.core.event;
    exports io.renderfleet.core.image;
    exports io.renderfleet.core.local;
    exports io.renderfleet.core.log;
    exports io.renderfleet.core.loop;
    exports io.renderfleet.core.model;
    exports io.renderfleet.core.output;
    exports io.renderfleet.core.policy;
    exports io.renderfleet.core.spi;
    exports io.renderfleet.core.split;
    exports io.renderfleet.core.store;
    exports io.renderfleet.core.track;
}
