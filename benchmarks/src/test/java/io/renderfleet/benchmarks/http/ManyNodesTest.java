package io.renderfleet.benchmarks.http;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisplayName("Many nodes over HTTP")
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere only 127.0.0.1 is this machine")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ManyNodesTest {

    @Test
    @DisplayName("render each frame once, as the nodes themselves count it, whoever calls them")
    void eachFrameOnce() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThatCode(() -> ManyNodes.main(new String[] {"20", "60", "200", Integer.toString(port)}))
                .doesNotThrowAnyException();
    }
}
