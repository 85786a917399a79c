/** Values, SPIs, and the engine that splits, dispatches, tracks and retries. */
module io.renderfleet.core {
    requires io.github.resilience4j.retry;
    requires org.slf4j;
    requires static transitive org.jspecify;
}
