package io.renderfleet.transport.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.testkit.servicebus.QueueSettings;
import io.renderfleet.testkit.servicebus.ServiceBusServer;
import io.renderfleet.transport.queue.Broker;
import io.renderfleet.transport.queue.BrokerAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Service Bus on a command line")
@Timeout(60)
class ServiceBusKindTest {
    private static final URI FARM = URI.create("servicebus://farm.servicebus.windows.net");

    private static BrokerAddress address(URI where, @Nullable String user, @Nullable String password) {
        return BrokerAddress.of("--broker", where, user, password, null);
    }

    @Test
    @DisplayName("signs in by a connection string, and works with usual settings")
    void connects() throws Exception {
        try (ServiceBusServer server = ServiceBusServer.start()) {
            server.createPool("gpu", QueueSettings.USUAL);
            CountDownLatch there = new CountDownLatch(1);
            CountDownLatch heard = new CountDownLatch(1);
            try (Broker broker =
                    address(server.address(), null, server.connectionString()).open("a worker")) {
                broker.listen("gpu/workers", message -> heard.countDown());
                broker.start(new Broker.Listener() {
                    @Override
                    public void connected() {
                        there.countDown();
                    }

                    @Override
                    public void away(String cause) {}
                });
                assertThat(there.await(30, TimeUnit.SECONDS)).isTrue();
                broker.tell("gpu/workers", "hello".getBytes(StandardCharsets.UTF_8));

                assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    @DisplayName("takes the name and the key of a policy, and shows neither key nor connection string")
    void shows() {
        assertThat(address(FARM, "render", "s3cret")).hasToString(FARM.toString());
        assertThat(address(FARM, null, "Endpoint=sb://farm.servicebus.windows.net/;SharedAccessKey=s3cret"))
                .hasToString(FARM.toString());
    }

    @Test
    @DisplayName(
            "is refused without a password, with one that leads elsewhere, with a port, and with a file of settings")
    void refuses(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> address(FARM, null, null))
                .hasMessageContaining("--broker is '" + FARM + "': Service Bus needs a password");
        assertThatThrownBy(() -> address(FARM, null, "s3cret"))
                .hasMessageContaining("has no endpoint")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> address(URI.create(FARM + ":5671"), "render", "s3cret"))
                .hasMessageContaining("it must have no port");
        Path settings = Files.writeString(folder.resolve("settings"), "a=b");
        assertThatThrownBy(() -> BrokerAddress.of("--broker", FARM, "render", "s3cret", settings))
                .hasMessageContaining("Service Bus takes no file of settings");
    }
}
