package io.renderfleet.node.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an orchestrator answered to a node. */
sealed interface RegistrationAnswer {

    /**
     * The node is registered.
     *
     * @param state how it stands there
     * @param lease for how long it counts as there
     */
    record Registered(String state, Duration lease) implements RegistrationAnswer {}

    /**
     * Another one leads.
     *
     * @param location where it says that one is
     */
    record Elsewhere(String location) implements RegistrationAnswer {}

    /**
     * It does not want the node, and says why.
     *
     * @param why a sentence
     * @param retryAfter when to ask again, or null
     */
    record Refused(String why, @Nullable Duration retryAfter) implements RegistrationAnswer {}

    /**
     * There is no sensible answer just now.
     *
     * @param why a sentence
     */
    record Unavailable(String why) implements RegistrationAnswer {}
}
