package io.renderfleet.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.discovery.DiscoveryPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A service of Kubernetes that an operator names")
class KubernetesKindTest {
    @TempDir
    Path folder;

    KubernetesKindTest() {}

    private Path config(String text) throws IOException {
        return Files.writeString(folder.resolve("discovery.properties"), text);
    }

    @Test
    @DisplayName("is in a namespace, or in that of the current context")
    void names() throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: one
                contexts:
                - {name: one, context: {cluster: c, user: u, namespace: studio}}
                - {name: two, context: {cluster: c, user: u, namespace: other}}
                clusters:
                - {name: c, cluster: {server: "http://127.0.0.1:1"}}
                users:
                - {name: u, user: {token: secret}}
                """);
        Path one = config("kubernetes.kubeconfig=" + kubeconfig + "\n");

        try (NodeDiscovery named = DiscoveryPlace.of("--discovery", "kubernetes:farm/render-node", one)
                        .discovery();
                NodeDiscovery own = DiscoveryPlace.of("--discovery", "kubernetes:render-node", one)
                        .discovery()) {
            assertThat(named).hasToString("the service render-node in the namespace farm of Kubernetes");
            assertThat(own).hasToString("the service render-node in the namespace studio of Kubernetes");
        }
        Path two = config("kubernetes.kubeconfig=" + kubeconfig + "\nkubernetes.context=two\n");
        try (NodeDiscovery other =
                DiscoveryPlace.of("--discovery", "kubernetes:render-node", two).discovery()) {
            assertThat(other).hasToString("the service render-node in the namespace other of Kubernetes");
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "kubernetes:farm/render-node | kubernetes.prot=http | there is no setting kubernetes.prot",
                "kubernetes:farm/render-node | kubernetes.scheme=ftp | kubernetes.scheme is 'ftp': it must be http or https",
                "kubernetes:farm/render-node | kubernetes.kubeconfig=nowhere | kubernetes.kubeconfig is 'nowhere': it is no file",
                "kubernetes:farm/render/node | kubernetes.port=http | service is 'render/node': it must be 1 to 63",
                "kubernetes:farm/ | kubernetes.port=http | service is ''",
            })
    @DisplayName("is refused where name or settings make no sense")
    void refuses(String place, String line, String message) throws IOException {
        Path config = config(line);

        assertThatThrownBy(() -> DiscoveryPlace.of("--discovery", place, config).discovery())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
