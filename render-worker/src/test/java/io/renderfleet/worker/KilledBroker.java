package io.renderfleet.worker;

import io.renderfleet.testkit.Cable;
import java.net.URI;

/** A broker in a process of its own, which its clients reach through cables. */
interface KilledBroker extends AutoCloseable {
    /** What its pools are called by the orchestrator, such as {@code rabbitmq}. */
    String kind();

    /** Where it is for those at the end of a cable. */
    URI address(Cable cable);

    /** What gets those at the end of a cable in, beside the address; empty where nobody is asked. */
    default String password(Cable cable) {
        return "";
    }

    /** SIGKILL; waits until it is gone. */
    void kill() throws Exception;

    /** Starts it again with what it has kept; waits until it answers. */
    void startAgain() throws Exception;

    @Override
    void close();
}
