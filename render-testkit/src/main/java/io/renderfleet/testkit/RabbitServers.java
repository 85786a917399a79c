package io.renderfleet.testkit;

/**
 * Gives test classes one {@link RabbitServer}, as a parameter; it starts with the first of them and ends with the last. Without the program
 * {@link ExternalTool#RABBITMQ} the tests that want it are skipped or fail, as {@link ExternalTool#require()} says.
 */
public final class RabbitServers extends SharedServer<RabbitServer> {
    /** Called by JUnit. */
    public RabbitServers() {
        super(RabbitServer.class, RabbitServer::start, ExternalTool.RABBITMQ);
    }
}
