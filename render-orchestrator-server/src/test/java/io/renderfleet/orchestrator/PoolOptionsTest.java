package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@DisplayName("The orchestrator's flags about pools")
class PoolOptionsTest {
    private static final String POOL = "--pool rabbitmq:gpu --broker amqp://rabbit ";

    private static void check(String... flags) throws Exception {
        PoolOptions options = new PoolOptions();
        new CommandLine(options).parseArgs(flags);
        options.check(null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--shared-store /mnt/farm/blobs --shared-store-gib 100",
                "--shared-store s3://renders",
                "--shared-store s3://renders/farm-1 --shared-store-endpoint https://s3.example:9000 --shared-store-path-style",
                "--shared-store s3://renders --shared-store-region eu-central-1 --shared-store-cache /var/cache/farm"
            })
    @DisplayName("take a folder or a bucket")
    void right(String flags) {
        assertThatCode(() -> check((POOL + flags).split(" ", -1))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "--shared-store https://farm.example:4000, that is for workers",
        "--shared-store s3://Renders, must be like s3://bucket",
        "--shared-store s3://renders --shared-store-endpoint ftp://minio, --shared-store-endpoint",
        "--shared-store s3://renders --shared-store-region Europe, --shared-store-region: 'Europe'",
        "--shared-store blobs --shared-store-endpoint http://minio, --shared-store is blobs",
        "--shared-store blobs --shared-store-cache copies, is the folder blobs",
        "--shared-store blobs --shared-store-gib 0, --shared-store-gib is 0",
        "--shared-store s3://renders --shared-store-cache-gib 0, --shared-store-cache-gib is 0",
        "--pool-capacity 3, needs --broker and --shared-store",
        "--shared-store blobs --broker-password-file nowhere, --broker-password-file nowhere is no file"
    })
    @DisplayName("refuse what is wrong or does not go together, by the name of the flag")
    void wrong(String flags, String says) {
        assertThatThrownBy(() -> check((POOL + flags).split(" ", -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }

    @Test
    @DisplayName("take the broker's password from a file, so that it is on no command line")
    void password(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "of-the-broker\n");

        assertThatThrownBy(() -> check((POOL + "--broker-user farm --shared-store blobs").split(" ", -1)))
                .hasMessage(
                        "--broker-user is farm: it needs a password, by --broker-password-file or in the environment");
        assertThatCode(() -> check((POOL + "--broker-user farm --shared-store blobs --broker-password-file " + file)
                        .split(" ", -1)))
                .doesNotThrowAnyException();
    }
}
