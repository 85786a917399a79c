package io.renderfleet.testkit;

/** Gives test classes one {@link KafkaServer}, as a parameter; it starts with the first of them and ends with the last. */
public final class KafkaServers extends SharedServer<KafkaServer> {
    /** Called by JUnit. */
    public KafkaServers() {
        super(KafkaServer.class, KafkaServer::start, null);
    }
}
