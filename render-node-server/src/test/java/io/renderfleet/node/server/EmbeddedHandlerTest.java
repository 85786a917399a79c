package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The handler alone")
@Timeout(60)
class EmbeddedHandlerTest {
    @TempDir
    Path root;

    @Test
    @DisplayName("serves a node below a path of an application's own server")
    void inAnApplication() throws Exception {
        try (RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine())
                .outputRoot(root)
                .build()) {
            Handler handler = RenderNodeServer.builder(node).allowAnonymous().handler();
            Server application = new Server();
            ServerConnector connector = new ServerConnector(application);
            connector.setHost("127.0.0.1");
            application.addConnector(connector);
            application.setHandler(new ContextHandler(handler, "/farm/node"));
            application.start();
            try {
                String base = "http://127.0.0.1:" + connector.getLocalPort() + "/farm/node";
                HttpClient client = HttpClient.newHttpClient();
                HttpResponse<String> taken = client.send(
                        HttpRequest.newBuilder(java.net.URI.create(base + "/job"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"from\":1,\"to\":2," + TestNode.SMALL + "}"))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
                String location = taken.headers().firstValue("Location").orElseThrow();
                assertThat(location).startsWith("/farm/node/job/");

                HttpResponse<String> end = client.send(
                        HttpRequest.newBuilder(java.net.URI.create(base).resolve(location))
                                .header("Prefer", "wait=20")
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(end.statusCode()).isEqualTo(200);
                assertThat(end.body()).contains("\"completed\"");
            } finally {
                application.stop();
            }
        }
    }

    @Test
    @DisplayName("is not made open to everybody unless that is asked for by name")
    void access() throws Exception {
        try (RenderNode node =
                RenderNode.builder().engine(new TestPatternEngine()).build()) {
            assertThatThrownBy(() -> RenderNodeServer.builder(node).handler())
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> RenderNodeServer.builder(node)
                            .host("0.0.0.0")
                            .port(0)
                            .start())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("0.0.0.0");
            assertThatThrownBy(() -> RenderNodeServer.builder(node)
                            .token("a-token-of-some-length")
                            .allowAnonymous()
                            .port(0)
                            .start())
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
