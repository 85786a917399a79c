package io.renderfleet.http.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.http.server.AuditedCall;
import io.renderfleet.http.server.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An audit log in a file")
class AuditFileTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));
    private static final Caller ALICE =
            new Caller("alice", Set.of("submitter"), "alice", new Caller.Credential("t-00000001", null));

    @TempDir
    Path folder;

    AuditFileTest() {}

    private static AuditedCall call(String id) {
        return new AuditedCall(ALICE, "DELETE", "/jobs/{id}", Map.of("id", id), "192.0.2.1", 200, "trace-1");
    }

    @Test
    @DisplayName("has a JSON object a line, whatever clients put into their paths, and is its owner's alone")
    void lines() throws IOException {
        Path file = folder.resolve("audit.log");
        try (AuditFile audit = new AuditFile(file, 4096, 3, CLOCK)) {
            audit.record(call("job-1"));
            audit.record(call("x\n{\"status\":200}" + "y".repeat(10_000)));
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .isEqualTo("{\"at\":\"2026-01-02T03:04:05Z\",\"owner\":\"alice\",\"token\":\"t-00000001\","
                        + "\"method\":\"DELETE\",\"path\":\"/jobs/{id}\",\"about\":{\"id\":\"job-1\"},"
                        + "\"from\":\"192.0.2.1\",\"status\":200,\"trace\":\"trace-1\"}");
        assertThat(lines.get(1)).contains("x\\n{\\\"status\\\":200}yyy").hasSizeLessThan(600);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    @DisplayName("begins a new file before one grows too large, keeps so many, and loses no line of those")
    void rotates() throws IOException {
        Path file = folder.resolve("audit.log");
        try (AuditFile audit = new AuditFile(file, 4096, 3, CLOCK)) {
            for (int i = 0; i < 100; i++) {
                audit.record(call("job-" + i));
            }
        }

        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("audit.log", "audit.log.1", "audit.log.2");
        }
        int next = 99;
        for (String name : new String[] {"audit.log", "audit.log.1", "audit.log.2"}) {
            assertThat(Files.size(folder.resolve(name))).isLessThanOrEqualTo(4096);
            List<String> lines = Files.readAllLines(folder.resolve(name));
            for (int i = lines.size() - 1; i >= 0; i--) {
                assertThat(lines.get(i)).contains("\"job-" + next + "\"");
                next--;
            }
        }
        assertThat(next).isLessThan(80);
    }

    @Test
    @DisplayName("is written on from its beginning where another program has emptied it")
    void copyTruncate() throws IOException {
        Path file = folder.resolve("audit.log");
        try (AuditFile audit = new AuditFile(file, 4096, 3, CLOCK)) {
            audit.record(call("job-1"));
            Files.write(file, new byte[0]);
            audit.record(call("job-2"));
        }

        assertThat(Files.readAllLines(file)).singleElement().asString().contains("job-2");
    }

    @Test
    @DisplayName("goes on after a restart")
    void goesOn() throws IOException {
        Path file = folder.resolve("audit.log");
        for (int i = 0; i < 2; i++) {
            try (AuditFile audit = new AuditFile(file, 4096, 1, CLOCK)) {
                audit.record(call("job-" + i));
            }
        }

        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThatThrownBy(() -> new AuditFile(file, 10, 1, CLOCK)).hasMessageContaining("at least 4096");
        assertThatThrownBy(() -> new AuditFile(file, 4096, 0, CLOCK)).hasMessageContaining("from 1 to 1000");
    }
}
