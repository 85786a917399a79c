package io.renderfleet.node.engine;

import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.testkit.RenderEngineContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A program as an engine")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs of these tests are shell scripts")
class CommandContractTest extends RenderEngineContract {
    @TempDir
    Path programs;

    @Override
    protected RenderEngine quick() throws IOException {
        return engine("echo pixels > \"$1\"");
    }

    @Override
    protected RenderEngine slow() throws IOException {
        return engine("exec sleep 300");
    }

    private RenderEngine engine(String script) throws IOException {
        Path file = Files.writeString(programs.resolve("program.sh"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return CommandEngine.of(file.toString(), "{output}");
    }
}
