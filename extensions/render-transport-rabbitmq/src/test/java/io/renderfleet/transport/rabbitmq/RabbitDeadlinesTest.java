package io.renderfleet.transport.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.testkit.RabbitServer;
import io.renderfleet.transport.queue.Broker;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
@DisplayName("With a RabbitMQ that closes channels after three seconds without an acknowledgement")
@Timeout(120)
class RabbitDeadlinesTest {
    private static RabbitServer server;

    @BeforeAll
    static void start() {
        server = RabbitServer.start(
                InetAddress.getLoopbackAddress(), Map.of("consumer_timeout", "3000", "channel_tick_interval", "500"));
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    @DisplayName("a batch of eight seconds is rendered once")
    void longBatch(@TempDir Path folder) throws Exception {
        try (RabbitFarm rabbit = new RabbitFarm(server, folder)) {
            rabbit.worker("left", Duration.ofSeconds(4));
            rabbit.worker("right", Duration.ofSeconds(4));
            RenderExecutor farm = rabbit.coordinator(4);

            RenderResult result = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-2")
                            .settings(RenderSettings.builder()
                                    .width(64)
                                    .height(36)
                                    .build())
                            .batchSize(2))
                    .completion()
                    .get(60, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.files()).hasSize(2);
            assertThat(rabbit.rendered()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("who keeps a message for longer hears that it is lost, and others who wait there go on waiting")
    void unsettled() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        BlockingQueue<Broker.Delivery> taken = new LinkedBlockingQueue<>();
        try (Broker broker = RabbitBroker.at(server.address(), "guest", "guest", "test")) {
            broker.start(new Broker.Listener() {
                @Override
                public void connected() {
                    heard.add("connected");
                }

                @Override
                public void away(String cause) {
                    heard.add(cause);
                }
            });
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");
            var unused = broker.put("late", "a batch".getBytes(StandardCharsets.UTF_8));
            broker.take("late", taken::add);
            assertThat(taken.poll(30, TimeUnit.SECONDS)).isNotNull();
            broker.take("late", taken::add);

            assertThat(heard.poll(30, TimeUnit.SECONDS)).contains("it has closed a channel", "acknowledgement");
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");
            Broker.Delivery again = taken.poll(30, TimeUnit.SECONDS);
            assertThat(again).isNotNull();
            assertThat(again.message()).asString().isEqualTo("a batch");
            again.acknowledge();
        }
    }
}
