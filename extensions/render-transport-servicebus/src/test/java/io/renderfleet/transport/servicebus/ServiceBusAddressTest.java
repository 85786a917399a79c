package io.renderfleet.transport.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An address of Service Bus")
class ServiceBusAddressTest {
    private static final ServiceBusAddress FARM =
            ServiceBusAddress.of(URI.create("servicebus://farm.servicebus.windows.net"));

    @Test
    @DisplayName("names a namespace and a prefix, or leaves the prefix to the default")
    void reads() {
        assertThat(FARM).isEqualTo(new ServiceBusAddress("farm.servicebus.windows.net", -1, "renderfleet"));
        assertThat(ServiceBusAddress.of(URI.create("servicebus://127.0.0.1:5673/farm.7")))
                .isEqualTo(new ServiceBusAddress("127.0.0.1", 5673, "farm.7"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "servicebus:farm",
                "sb://farm.servicebus.windows.net",
                "servicebus://farm.servicebus.windows.net/a/b",
                "servicebus://farm.servicebus.windows.net?a=b",
                "servicebus://me@farm.servicebus.windows.net",
                "servicebus://farm.servicebus.windows.net/$farm"
            })
    @DisplayName("is refused, in words that say what would be right:")
    void refuses(String wrong) {
        assertThatThrownBy(() -> ServiceBusAddress.of(URI.create(wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be like servicebus://NAMESPACE.servicebus.windows.net");
    }

    @Test
    @DisplayName("makes names of queues of the names of queues and of topics, which are never the same")
    void names() {
        assertThat(FARM.queue("gpu")).isEqualTo("renderfleet.queue.gpu");
        assertThat(FARM.queue("my/gpu")).isEqualTo("renderfleet.queue.my_gpu");
        assertThat(FARM.talk("gpu/worker/n-1")).isEqualTo("renderfleet.workers.gpu");
        assertThat(FARM.talk("gpu/workers")).isEqualTo("renderfleet.workers.gpu");
        assertThat(FARM.talk("gpu/farm/f-1")).isEqualTo("renderfleet.farms.gpu");
        assertThat(FARM.talk("gpu/presence")).isEqualTo("renderfleet.farms.gpu");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "SharedAccessKeyName=render;SharedAccessKey=s3cret",
                "s3cret",
                "Endpoint=s3cret key;SharedAccessKey=s3cret",
                "Endpoint=sb://other.servicebus.windows.net/;SharedAccessKeyName=render;SharedAccessKey=s3cret",
                "Endpoint=sb://farm.servicebus.windows.net/;SharedAccessKey=s3cret;EntityPath=renderfleet.queue.gpu"
            })
    @DisplayName("goes only with a connection string of the same namespace, which is not shown:")
    void otherConnectionString(String wrong) {
        assertThatThrownBy(() -> ServiceBusConnectionString.check(FARM, wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("connection string")
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    @DisplayName("goes with the connection string that the Azure portal shows for it")
    void connectionString() {
        ServiceBusConnectionString.check(
                FARM,
                "Endpoint=sb://Farm.servicebus.windows.net/;SharedAccessKeyName=render;SharedAccessKey=czNjcmV0Cg==");
    }
}
