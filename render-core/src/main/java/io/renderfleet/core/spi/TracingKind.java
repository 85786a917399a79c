package io.renderfleet.core.spi;

import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** How programs find a {@link Tracing}: by the loader of services. Applications make theirs themselves. */
public interface TracingKind {

    /**
     * Starts to trace if the environment says so.
     *
     * @param service what the program calls itself where the environment does not name it, such as {@code render-node}
     * @param environment the variables of the environment
     * @return empty if nothing is to be traced
     * @throws IllegalArgumentException if a variable has a wrong value; the message names it
     */
    Optional<Tracing> start(String service, Map<String, String> environment);

    /**
     * Starts the first kind on the class path that the environment asks for.
     *
     * @param service as in {@link #start}
     * @param environment as in {@link #start}
     * @return empty if there is none
     * @throws IllegalArgumentException as in {@link #start}
     */
    static Optional<Tracing> find(String service, Map<String, String> environment) {
        return ServiceLoader.load(TracingKind.class).stream()
                .flatMap(kind -> kind.get().start(service, environment).stream())
                .findFirst();
    }
}
