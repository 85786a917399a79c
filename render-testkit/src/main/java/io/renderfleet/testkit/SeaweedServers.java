package io.renderfleet.testkit;

/**
 * Gives test classes one {@link SeaweedServer}, as a parameter; it starts with the first of them and ends with the last. Without the program
 * {@link ExternalTool#WEED} the tests that want it are skipped or fail, as {@link ExternalTool#require()} says.
 */
public final class SeaweedServers extends SharedServer<SeaweedServer> {
    /** Called by JUnit. */
    public SeaweedServers() {
        super(SeaweedServer.class, SeaweedServer::start, ExternalTool.WEED);
    }
}
