package io.renderfleet.transport.jms;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** An Artemis in this JVM with a journal on disk, which lets everybody in from this machine. */
final class ArtemisServer implements AutoCloseable {
    private final Path folder;
    private final int port;
    private EmbeddedActiveMQ server;

    ArtemisServer(Path folder) throws Exception {
        this.folder = folder;
        this.port = freePort();
        this.server = start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private EmbeddedActiveMQ start() throws Exception {
        Configuration settings = new ConfigurationImpl()
                .setSecurityEnabled(false)
                .setJournalType(JournalType.NIO)
                .setMaxDiskUsage(-1)
                .setJournalDirectory(folder.resolve("journal").toString())
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setLargeMessagesDirectory(folder.resolve("large").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .addAcceptorConfiguration("amqp", "tcp://127.0.0.1:" + port + "?protocols=AMQP");
        EmbeddedActiveMQ made = new EmbeddedActiveMQ();
        made.setConfiguration(settings);
        made.start();
        return made;
    }

    URI address() {
        return URI.create("amqp1://127.0.0.1:" + port);
    }

    /** Its clients find nobody any more. */
    void stop() throws Exception {
        server.stop();
    }

    /** With the messages that it had, at the same port. */
    void startAgain() throws Exception {
        server = start();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Artemis does not stop", e);
        }
    }
}
