package io.renderfleet.node.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What a node publishes")
class PublisherTest {
    @TempDir
    Path root;

    PublisherTest() {}

    @Test
    @DisplayName("gets its name by a rename where the system allows no hard link, which is so with folders everywhere")
    void withoutHardLinks() throws IOException {
        Path rendered = Files.createDirectory(root.resolve("rendered"));
        Path published = root.resolve("out/shot");

        Publisher.publish(rendered, published, false);
        assertThat(published).isDirectory();
        assertThat(rendered).doesNotExist();

        Files.createDirectory(rendered);
        assertThatThrownBy(() -> Publisher.publish(rendered, published, false))
                .isInstanceOf(FileAlreadyExistsException.class);
    }
}
