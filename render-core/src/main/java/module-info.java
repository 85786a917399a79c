/** RenderFleet's core: values, SPIs, and the engine that splits, dispatches, tracks and retries. */
module io.renderfleet.core {
    requires org.slf4j;
    requires io.github.resilience4j.retry;
    requires static transitive org.jspecify;

    exports io.renderfleet.core.model;
    exports io.renderfleet.core.spi;
}
