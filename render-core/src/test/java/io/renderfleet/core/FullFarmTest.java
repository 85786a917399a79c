package io.renderfleet.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.FarmFullException;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A farm whose jobs may take a MiB")
@Timeout(60)
class FullFarmTest {
    private static final RenderRequest SMALL = RenderRequest.of(Scene.onNodes("shot.blend"), "1-10");

    @TempDir
    Path folder;

    private RenderExecutor farm;

    FullFarmTest() {}

    @BeforeEach
    void open() {
        farm = RenderExecutor.builder()
                .transport(new ThinTransport())
                .nodes("thin://one")
                .outputRoot(folder)
                .maxMemory(1 << 20)
                .build();
    }

    @AfterEach
    void close() {
        farm.close();
    }

    private JobId render(RenderRequest request) throws Exception {
        RenderHandle job = farm.submit(request);
        job.completion().get(20, TimeUnit.SECONDS);
        return job.id();
    }

    private List<JobId> known() {
        return farm.jobs().stream().map(RenderJob::id).toList();
    }

    @Test
    @DisplayName("refuses a job that can never fit, and forgets none for it")
    void tooLarge() throws Exception {
        List<JobId> before = List.of(render(SMALL), render(SMALL));

        assertThatThrownBy(() -> farm.submit(RenderRequest.of(Scene.onNodes("shot.blend"), "1-1000000")))
                .isInstanceOf(FarmFullException.class)
                .hasMessageContaining("of 1 MiB, and this one may need 107 MiB");

        assertThat(known()).containsExactlyElementsOf(before);
    }

    @Test
    @DisplayName("forgets the jobs that ended first for new ones, but none that a new one waits for")
    void makesRoom() throws Exception {
        List<JobId> rendered = new ArrayList<>();
        JobId first = render(SMALL);
        for (int i = 0; i < 100; i++) {
            rendered.add(render(SMALL.after(Set.of(first))));
        }

        assertThat(known())
                .hasSizeLessThan(80)
                .contains(first, rendered.get(99))
                .doesNotContain(rendered.get(0));
    }
}
