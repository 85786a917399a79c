package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.content.ContentLayout;
import io.renderfleet.core.content.FolderContentStore;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Content in a folder that several share")
class FolderContentStoreTest extends ContentStoreContract {
    @TempDir
    Path root;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    FolderContentStoreTest() {}

    @Override
    protected ContentStore connect() throws IOException {
        return FolderContentStore.shared(root, LIMIT, QUOTA, () -> now, ContentLayout.asIs("scene"));
    }

    @Override
    protected void advance(Duration time) {
        now = now.plus(time);
    }

    @Test
    @DisplayName("stays while another one of them has it in use, and says so in the time of its folder")
    void inUseByAnother() throws Exception {
        FolderContentStore one = (FolderContentStore) another();
        ContentStore other = another();
        byte[] first = bytes(1, LARGE);
        byte[] second = bytes(2, LARGE);
        put(one, first);
        put(other, second);
        try (ContentLease lease = one.lease(digest(first)).orElseThrow()) {
            advance(Duration.ofHours(1));
            one.renew();

            assertThat(put(other, bytes(3, LARGE))).isInstanceOf(PutOutcome.Stored.class);
            assertThat(put(other, bytes(4, LARGE))).isInstanceOf(PutOutcome.NoRoom.class);
            assertThat(lease.path()).hasBinaryContent(first);
        }
    }

    @Test
    @DisplayName("leaves uploads of others alone until they have not moved for an hour, and everything else for good")
    void sweepsLeftovers() throws Exception {
        Path underWay = Files.writeString(root.resolve("0".repeat(64) + ".a-7.part"), "half");
        Path left = Files.writeString(root.resolve("1".repeat(64) + ".b-7.part"), "half");
        Path note = Files.writeString(root.resolve("note"), "of the operator");
        Files.setLastModifiedTime(underWay, FileTime.from(now.minus(Duration.ofMinutes(50))));
        Files.setLastModifiedTime(left, FileTime.from(now.minus(Duration.ofMinutes(70))));
        Files.setLastModifiedTime(note, FileTime.from(now.minus(Duration.ofDays(70))));

        another();

        assertThat(root.toFile().list())
                .containsExactlyInAnyOrder(String.valueOf(underWay.getFileName()), String.valueOf(note.getFileName()));
    }
}
